module github.com/godror/godror

go 1.24.6
