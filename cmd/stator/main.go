// Command stator is the server: it reads flags and the environment, opens a server of package stator, and serves it.
//
// It exists apart from package stator so that a program that embeds the server gets no flags, files or signals with
// it. It may import everything. The main rule: standard output is for what a person or a script asked for, all else
// goes to standard error.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
)

const usage = `Stator speaks the DynamoDB API, with AWS's own IAM, on your machine.

Usage:
  stator serve [flags]    run the server
  stator env [flags]      print the environment for AWS clients: eval "$(stator env)"
  stator account COMMAND  list, create, describe and close accounts
  stator credentials [process] [flags]
                          give the credentials of a role to the processes of this host
  stator check [flags]    look for inconsistencies in the data of a stopped server
  stator rotate-master-key [flags]
                          encrypt the secrets of a stopped server with a new master key
  stator migrate --from PLACE --to PLACE
                          move everything from one engine to another
  stator version          print the version

"stator COMMAND --help" lists the flags. Each has an environment variable.
`

// command is a subcommand: it returns when it is done.
type command func(ctx context.Context, args []string, std stdio) error

// stdio is where a command writes.
type stdio struct{ out, err io.Writer }

func main() {
	os.Exit(run(os.Args[1:], stdio{os.Stdout, os.Stderr}))
}

func run(args []string, std stdio) (status int) {
	if len(args) == 0 {
		fmt.Fprint(std.err, usage)
		return 2
	}
	name, args := args[0], args[1:]
	cmd, ok := map[string]command{"serve": serve, "env": env, "check": check, "account": account, "credentials": giveCredentials,
		"rotate-master-key": rotateMasterKey, "migrate": migrate, "version": version}[name]
	if !ok {
		if name == "help" || name == "-h" || name == "-help" || name == "--help" {
			fmt.Fprint(std.out, usage)
			return 0
		}
		fmt.Fprintf(std.err, "stator: there is no command %q\n\n%s", name, usage)
		return 2
	}
	err := cmd(context.Background(), args, std)
	var bad *usageError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &bad):
		fmt.Fprintf(std.err, "stator %s: %v\n", name, err)
		return 2
	default:
		fmt.Fprintf(std.err, "stator %s: %v\n", name, err)
		return 1
	}
}

func version(_ context.Context, args []string, std stdio) error {
	if len(args) > 0 {
		return &usageError{"it takes no arguments"}
	}
	v := buildVersion()
	if info, ok := debug.ReadBuildInfo(); ok {
		v += " " + info.GoVersion
	}
	_, err := fmt.Fprintln(std.out, "stator", v)
	return err
}

// buildVersion is the version of the program, or the revision that it was built from.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "(devel)" || v == "") {
			v = s.Value
		}
	}
	return v
}
