// Package godror stands in for the Oracle driver of the same name. That one is written in C and is the only reason why
// Alloy would need a C compiler and glibc; nothing here speaks to Oracle, and a connection attempt says so.
package godror

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"time"

	"github.com/godror/godror/dsn"
)

var errAbsent = errors.New("this build has no Oracle driver")

// PoolParams are the settings of a connection pool.
type PoolParams struct {
	MinSessions, MaxSessions, SessionIncrement int
	WaitTimeout                                time.Duration
}

// ConnectionParams say how to reach a database.
type ConnectionParams struct {
	Username, ConnectString, ConfigDir string
	Password                           Password
	ExternalAuth                       sql.NullBool
	AdminRole                          dsn.AdminRole
	PoolParams                         PoolParams
}

// Password is a password.
type Password string

// NewPassword makes a Password.
func NewPassword(text string) Password { return Password(text) }

type absent struct{}

// NewConnector answers a connector whose every connection fails.
func NewConnector(ConnectionParams) driver.Connector { return absent{} }

func (absent) Connect(context.Context) (driver.Conn, error) { return nil, errAbsent }
func (absent) Driver() driver.Driver                        { return absent{} }
func (absent) Open(string) (driver.Conn, error)             { return nil, errAbsent }
