package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/statordb/stator"
)

// migrate moves everything from one engine to another.
func migrate(ctx context.Context, args []string, std stdio) error {
	var opts stator.MigrateOptions
	if err := parse("migrate", args, std, func(f *flag.FlagSet) {
		f.StringVar(&opts.From, "from", "", "`place` with the data: the data folder of a stopped server, or the URL of a shared engine, as for serve --engine-url")
		f.StringVar(&opts.To, "to", "", "empty `place` for it. Arguments can be read by everybody on the machine: give a URL with a password in the environment")
		f.BoolVar(&opts.Resume, "resume", false, "go on with a target that an interrupted run left half filled")
	}); err != nil {
		return err
	}
	if opts.From == "" || opts.To == "" {
		return &usageError{"--from and --to are needed"}
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	opts.Logger = slog.New(slog.NewTextHandler(std.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	var finish func()
	opts.Progress, finish = showProgress(std.err)
	done, err := stator.Migrate(ctx, opts)
	finish()
	if errors.Is(err, stator.MigrateHalfDone) {
		return fmt.Errorf("%w: --resume goes on with it", err)
	}
	if err != nil {
		return err
	}
	return printMigrated(std.out, done)
}

// plainEvery is how often a line says how far it is where there is no terminal for a bar.
const plainEvery = 10 * time.Second

// showProgress returns what draws a bar for each pass on a terminal, and writes lines elsewhere, and what ends that.
func showProgress(out io.Writer) (show func(stator.MigrateProgress), finish func()) {
	var bar *progressbar.ProgressBar
	pass, servers := 0, -1
	var told time.Time
	finish = func() {
		if bar != nil {
			_ = bar.Exit() // a bar that cannot be drawn is no reason to stop
			fmt.Fprintln(out)
			bar = nil
		}
	}
	return func(p stator.MigrateProgress) {
		if p.Servers != servers && p.Servers > 0 {
			finish()
			fmt.Fprintf(out, "%d servers use the source. What they change is copied when they have stopped: stop them as soon as this waits.\n", p.Servers)
		}
		servers = p.Servers
		what := "Copying"
		switch {
		case p.Checking:
			what = "Checking"
		case p.Waiting:
			what = "Waiting for the servers to stop"
		case p.Pass > 1:
			what = "Comparing"
		}
		if !isTerminal(out) {
			if p.Pass != pass || time.Since(told) >= plainEvery {
				fmt.Fprintf(out, "%s: pass %d, %d entries, %s%s\n", what, p.Pass, p.Entries, mebibytes(p.Bytes), ofTotal(p.Total))
				told = time.Now()
			}
			pass = p.Pass
			return
		}
		if p.Pass != pass {
			finish()
			pass = p.Pass
		}
		if bar == nil {
			bar = progressbar.NewOptions64(-1, progressbar.OptionSetWriter(out), progressbar.OptionSetWidth(40),
				progressbar.OptionShowBytes(true), progressbar.OptionShowTotalBytes(true), progressbar.OptionThrottle(100*time.Millisecond))
		}
		if total := max(p.Total, p.Bytes); p.Total > 0 && total != bar.GetMax64() {
			bar.ChangeMax64(total)
		}
		bar.Describe(what)
		_ = bar.Set64(p.Bytes)
	}, finish
}

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func mebibytes(n int64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }

func ofTotal(n int64) string {
	if n == 0 {
		return ""
	}
	return " of " + mebibytes(n)
}

// printMigrated says what was moved, and what is left to do.
func printMigrated(out io.Writer, done stator.MigrateResult) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, c := range done.Kinds {
		if c.Entries > 0 {
			fmt.Fprintf(w, "%d\t%s\t %s\n", c.Entries, mebibytes(c.Bytes), c.Name)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprint(out, `The target has every entry of the source, each compared in a last pass.
Start servers on it with the source's master key: the file master-key in its data folder, or where STATOR_MASTER_KEY comes from.
Not moved: exported files (the folder objects, unless --object-store is elsewhere), credentials, and the audit log.
The source is as it was. Start no server on it again; remove it when you are sure.
`)
	return err
}
