package browser

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// shrink puts the pictures that the guide shows from one folder into another, each with a palette of the colours that it has
// most of: a page has few, and the file is a third.
func shrink(t *testing.T, from, to string) {
	t.Helper()
	var guide []byte
	for _, page := range []string{"console.md", "people/portal.md"} {
		text, err := os.ReadFile(filepath.Join("../../../docs", page))
		if err != nil {
			t.Fatal(err)
		}
		guide = append(guide, text...)
	}
	files, err := filepath.Glob(filepath.Join(from, "*.png"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !bytes.Contains(guide, []byte("images/"+filepath.Base(file)+")")) {
			continue
		}
		taken, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(taken))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		small := image.NewPaletted(picture.Bounds(), palette(picture))
		draw.Draw(small, small.Rect, picture, small.Rect.Min, draw.Src)
		var out bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, small); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, filepath.Base(file)), out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// palette is the 256 colours that a picture has most of.
func palette(picture image.Image) color.Palette {
	count := map[color.Color]int{}
	for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y++ {
		for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x++ {
			count[picture.At(x, y)]++
		}
	}
	most := slices.SortedFunc(maps.Keys(count), func(a, b color.Color) int { return cmp.Compare(count[b], count[a]) })
	return most[:min(len(most), 256)]
}
