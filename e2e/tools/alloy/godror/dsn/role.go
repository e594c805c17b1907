// Package dsn has the roles a connection can ask for.
package dsn

// AdminRole is a role beyond that of the user.
type AdminRole string

// The roles there are.
const (
	NoRole    AdminRole = ""
	SysDBA    AdminRole = "SYSDBA"
	SysOPER   AdminRole = "SYSOPER"
	SysBACKUP AdminRole = "SYSBACKUP"
	SysDG     AdminRole = "SYSDG"
	SysKM     AdminRole = "SYSKM"
	SysRAC    AdminRole = "SYSRAC"
	SysASM    AdminRole = "SYSASM"
)
