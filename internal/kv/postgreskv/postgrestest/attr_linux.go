package postgrestest

import "syscall"

// attributes have a program end when who started it does, however that ends: nobody else would end it. What ended like this leaves
// its folder behind.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGQUIT} // PostgreSQL's own immediate shutdown
}
