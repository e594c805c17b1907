-- Health of an ObservabilityStack for Argo CD.
-- Put it into the ConfigMap argocd-cm under `resource.customizations.health.ostack.io_ObservabilityStack`.
local health = { status = "Progressing", message = "the operator has not looked at this spec yet" }

if obj.metadata.deletionTimestamp ~= nil then
  health.message = "it is being deleted"
  return health
end

local status = obj.status
if status == nil or status.conditions == nil then return health end
-- Older verdicts are about another spec.
if status.observedGeneration ~= obj.metadata.generation then return health end

local found = {}
for _, condition in ipairs(status.conditions) do found[condition.type] = condition end

local ready = found.Ready
if ready == nil then return health end
health.message = ready.message

if ready.status == "True" then
  health.status = "Healthy"
elseif ready.reason == "Paused" or ready.reason == "Unmanaged" then
  health.status = "Suspended"
elseif found.Stalled ~= nil and found.Stalled.status == "True" then
  health.status = "Degraded"
elseif ready.status == "False" and found.Reconciling == nil then
  -- Waiting alone does not mend what is neither ready nor on its way.
  health.status = "Degraded"
end

return health
