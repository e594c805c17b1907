{{- define "ostack.name" -}}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{- end }}
{{- define "ostack.labels" -}}
app.kubernetes.io/name: ostack-operator
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: ostack
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}
{{- define "ostack.selector" -}}
app.kubernetes.io/name: ostack-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
