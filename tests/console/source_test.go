package console

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What the router calls a parameter still has %2F and the like in it; shell/params.ts decodes it, once for all pages.
func TestParametersAreDecoded(t *testing.T) {
	raw := regexp.MustCompile(`import {[^}]*\buseParams\b[^}]*} from "wouter"`)
	sources := files(t, filepath.Join(folder, "app", "src"))
	for name, source := range sources {
		if strings.HasPrefix(filepath.Ext(name), ".ts") && name != filepath.Join("shell", "params.ts") && raw.Match(source) {
			t.Errorf("%s has useParams from wouter", name)
		}
	}
	if !raw.Match(sources[filepath.Join("shell", "params.ts")]) {
		t.Error("shell/params.ts has it no more")
	}
}
