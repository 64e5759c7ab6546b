package dynamodb

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/table"
)

// What an on-demand table takes at once from the start, in units a second (developer guide, "Warm throughput").
const (
	warmRead  = 12_000
	warmWrite = 4_000
)

const (
	provisioned = string(types.BillingModeProvisioned)
	onDemand    = string(types.BillingModePayPerRequest)
)

// wantedThroughput is what a request asks of the throughput of a table, or of a global index.
type wantedThroughput struct {
	index       string // "" is the table
	provisioned *types.ProvisionedThroughput
	onDemand    *types.OnDemandThroughput
	warm        *types.WarmThroughput
}

// setBilling sets how a new table is paid.
func setBilling(d *table.Descriptor, in *dynamodb.CreateTableInput) error {
	d.Settings.BillingMode = string(in.BillingMode)
	if d.Settings.BillingMode != onDemand {
		d.Settings.BillingMode = provisioned
		if in.ProvisionedThroughput == nil {
			return refused("ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED")
		}
	} else if in.ProvisionedThroughput != nil {
		return refused("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
	}
	wanted := wantedThroughput{"", in.ProvisionedThroughput, in.OnDemandThroughput, in.WarmThroughput}
	return wanted.create(&d.Settings.Throughput, d.Settings.BillingMode)
}

// createIndex sets the throughput of an index that is created with its table.
func (w *wantedThroughput) createIndex(t *table.Throughput, billing string) error {
	switch {
	case billing == onDemand && w.provisioned != nil:
		return refused("ProvisionedThroughput should not be specified for index: %s when BillingMode is PAY_PER_REQUEST", w.index)
	case billing != onDemand && w.provisioned == nil:
		return refused("ProvisionedThroughput is not specified for index: %s", w.index)
	}
	return w.create(t, billing)
}

// addIndex sets the throughput of an index that is added to a table.
func (w *wantedThroughput) addIndex(t *table.Throughput, billing string) error {
	switch {
	case billing == onDemand && w.provisioned != nil:
		return refused("ProvisionedThroughput should not be specified for index: %s when BillingMode is PAY_PER_REQUEST", w.index)
	case billing != onDemand && w.provisioned == nil:
		return refused("Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: %s", w.index)
	}
	return w.create(t, billing)
}

// create sets the throughput of what is new.
func (w *wantedThroughput) create(t *table.Throughput, billing string) error {
	if w.hasMaximum() && billing != onDemand {
		return w.onlyOnDemand()
	}
	if err := setProvisioned(t, w.provisioned); err != nil {
		return err
	}
	if err := w.setMaximum(t, false); err != nil || w.warm == nil {
		return err
	}
	read, write := shownWarm(*t, billing)
	return w.setWarm(t, read, write)
}

// update sets the maximum and the warm throughput of what is there.
func (w *wantedThroughput) update(t *table.Throughput, billing string) error {
	if w.hasMaximum() && billing != onDemand {
		return w.onlyOnDemand()
	}
	if err := w.setMaximum(t, true); err != nil || w.warm == nil {
		return err
	}
	read, write := shownWarm(*t, billing)
	return w.setWarm(t, read, write)
}

// onlyOnDemand is the error for a maximum where throughput is provisioned.
func (w *wantedThroughput) onlyOnDemand() error {
	at := ""
	if w.index != "" {
		at = " for index: " + w.index
	}
	return refused("Neither MaxReadRequestUnits nor MaxWriteRequestUnits can be specified%s when BillingMode is PROVISIONED", at)
}

func (w *wantedThroughput) owner() string {
	if w.index == "" {
		return "table"
	}
	return "index " + w.index
}

// hasMaximum says whether a maximum is given.
func (w *wantedThroughput) hasMaximum() bool {
	return w.onDemand != nil && (w.onDemand.MaxReadRequestUnits != nil || w.onDemand.MaxWriteRequestUnits != nil)
}

// setMaximum sets the maximums that are given and leaves the others. One that is there can be removed by -1.
func (w *wantedThroughput) setMaximum(t *table.Throughput, removable bool) error {
	if w.onDemand == nil {
		return nil
	}
	for _, m := range []struct {
		name  string
		units *int64
		to    *int64
	}{{"MaxReadRequestUnits", w.onDemand.MaxReadRequestUnits, &t.MaxRead}, {"MaxWriteRequestUnits", w.onDemand.MaxWriteRequestUnits, &t.MaxWrite}} {
		switch {
		case m.units == nil:
		case removable && *m.units == -1:
			*m.to = 0
		case *m.units < 1 || *m.units > maxThroughputUnits:
			return refused("Requested %s for OnDemandThroughput for %s is outside of valid range", m.name, w.owner())
		default:
			*m.to = *m.units
		}
	}
	return nil
}

// setWarm sets the warm throughput, which can't be less than it is.
func (w *wantedThroughput) setWarm(t *table.Throughput, read, write int64) error {
	switch {
	case w.warm.ReadUnitsPerSecond != nil && *w.warm.ReadUnitsPerSecond < read:
		return w.colder("ReadUnitsPerSecond")
	case w.warm.WriteUnitsPerSecond != nil && *w.warm.WriteUnitsPerSecond < write:
		return w.colder("WriteUnitsPerSecond")
	}
	t.WarmRead, t.WarmWrite = max(read, aws.ToInt64(w.warm.ReadUnitsPerSecond)), max(write, aws.ToInt64(w.warm.WriteUnitsPerSecond))
	if t.WarmRead > maxThroughputUnits {
		return outOfBounds("ReadUnitsPerSecond", t.WarmRead)
	}
	if t.WarmWrite > maxThroughputUnits {
		return outOfBounds("WriteUnitsPerSecond", t.WarmWrite)
	}
	return nil
}

// colder is the error for less warm throughput than there is.
func (w *wantedThroughput) colder(name string) error {
	return refused("Requested %s for WarmThroughput for %s is lower than current WarmThroughput, decreasing WarmThroughput is not supported", name, w.owner())
}

// setProvisioned sets the units, if any are given.
func setProvisioned(t *table.Throughput, to *types.ProvisionedThroughput) error {
	if to != nil {
		t.Read, t.Write = *to.ReadCapacityUnits, *to.WriteCapacityUnits
	}
	return checkBounds(to)
}

// checkBounds bounds the units, if any are given.
func checkBounds(to *types.ProvisionedThroughput) error {
	switch {
	case to == nil:
	case *to.ReadCapacityUnits > maxThroughputUnits:
		return outOfBounds("ReadCapacityUnits", *to.ReadCapacityUnits)
	case *to.WriteCapacityUnits > maxThroughputUnits:
		return outOfBounds("WriteCapacityUnits", *to.WriteCapacityUnits)
	}
	return nil
}

func outOfBounds(name string, units int64) error {
	return awsapi.Validation(fmt.Sprintf("Given value %d for %s is out of bounds", units, name))
}

// shownWarm is the warm throughput: what was asked for, or what there is anyway.
func shownWarm(t table.Throughput, billing string) (read, write int64) {
	if billing == onDemand {
		return max(t.WarmRead, warmRead), max(t.WarmWrite, warmWrite)
	}
	return max(t.WarmRead, t.Read), max(t.WarmWrite, t.Write)
}

// keepWarm remembers how warm a table and its indexes are before their throughput changes: that never gets less.
func keepWarm(d *table.Descriptor) {
	keep := func(t *table.Throughput) { t.WarmRead, t.WarmWrite = shownWarm(*t, d.Settings.BillingMode) }
	keep(&d.Settings.Throughput)
	for _, x := range d.Indexes {
		if !x.Local {
			keep(&x.Throughput)
		}
	}
}
