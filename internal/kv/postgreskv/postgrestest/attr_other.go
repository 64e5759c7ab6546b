//go:build unix && !linux

package postgrestest

import "syscall"

// attributes: only Linux ends a program along with who started it.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
