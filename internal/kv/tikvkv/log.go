package tikvkv

import (
	"context"
	"log/slog"

	"github.com/pingcap/log"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// logTo sends what the client logs, which it does for the whole process, to a logger. It says a lot in the usual course of
// things, so that only its errors stay what they are.
func logTo(logger *slog.Logger) {
	core := &slogCore{logger: logger.With("component", "tikv client")}
	log.ReplaceGlobals(zap.New(core), &log.ZapProperties{Core: zapcore.NewNopCore(), Level: zap.NewAtomicLevelAt(zap.InfoLevel)})
}

// slogCore is a core of zap that hands on to slog.
type slogCore struct{ logger *slog.Logger }

func slogLevel(l zapcore.Level) slog.Level {
	switch {
	case l >= zapcore.ErrorLevel:
		return slog.LevelWarn
	case l >= zapcore.WarnLevel:
		return slog.LevelInfo
	default:
		return slog.LevelDebug
	}
}

// Enabled implements [zapcore.Core].
func (c *slogCore) Enabled(l zapcore.Level) bool {
	return c.logger.Enabled(context.Background(), slogLevel(l))
}

// With implements [zapcore.Core].
func (c *slogCore) With(fields []zapcore.Field) zapcore.Core {
	return &slogCore{c.logger.With(attributes(fields)...)}
}

// Check implements [zapcore.Core].
func (c *slogCore) Check(e zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(e.Level) {
		return checked.AddCore(e, c)
	}
	return checked
}

// Write implements [zapcore.Core].
func (c *slogCore) Write(e zapcore.Entry, fields []zapcore.Field) error {
	c.logger.Log(context.Background(), slogLevel(e.Level), e.Message, attributes(fields)...)
	return nil
}

// Sync implements [zapcore.Core].
func (c *slogCore) Sync() error { return nil }

func attributes(fields []zapcore.Field) []any {
	all := zapcore.NewMapObjectEncoder()
	for _, f := range fields {
		f.AddTo(all)
	}
	attrs := make([]any, 0, len(fields))
	for _, f := range fields {
		attrs = append(attrs, slog.Any(f.Key, all.Fields[f.Key]))
	}
	return attrs
}
