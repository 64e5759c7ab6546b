package main

import (
	"context"
	"fmt"
	"os"

	"github.com/statordb/stator"
	"github.com/statordb/stator/internal/identity"
)

// rotateMasterKey has the secrets in an engine encrypted with a new master key.
func rotateMasterKey(ctx context.Context, args []string, std stdio) error {
	var c config
	if err := parse("rotate-master-key", args, std, c.whereFlags); err != nil {
		return err
	}
	if err := c.checkEngine(); err != nil {
		return err
	}
	if os.Getenv(envPrefix+"MASTER_KEY") != "" {
		return &usageError{"the master key is in STATOR_MASTER_KEY: put a new one before it there, separated by a space, " +
			"and restart the server; when it is ready, the old one can go"}
	}
	if err := stator.RotateMasterKey(ctx, c.where()); err != nil {
		return err
	}
	_, err := fmt.Fprintf(std.out, "%s is new, and every secret is encrypted with it. Copies of the old one are worth nothing now, but for old backups.\n",
		identity.Folder(c.data).MasterKeyPath())
	return err
}
