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
		return refused("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: %s when BillingMode is PAY_PER_REQUEST", w.index)
	case billing != onDemand && w.provisioned == nil:
		return refused("Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: %s", w.index)
	}
	return w.create(t, billing)
}

// create sets the throughput of what is new.
func (w *wantedThroughput) create(t *table.Throughput, billing string) error {
	if name := w.onDemandMember(); name != "" && billing != onDemand {
		at := ""
		if w.index != "" {
			at = " for index: " + w.index
		}
		return refused("%s for OnDemandThroughput%s cannot be specified when table BillingMode is PROVISIONED.", name, at)
	}
	if err := setProvisioned(t, w.provisioned); err != nil {
		return err
	}
	if err := w.setMaximum(t, false); err != nil || w.warm == nil {
		return err
	}
	return w.createWarm(t, billing)
}

// createWarm sets the warm throughput of what is new: no less than it has anyway.
func (w *wantedThroughput) createWarm(t *table.Throughput, billing string) error {
	read, write := shownWarm(*t, billing)
	below := func(member, capacity string) error {
		if billing == onDemand {
			return refused("Requested %s for WarmThroughput for %s is lower than initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html#on-demand-capacity-mode-initial", member, w.owner())
		}
		return refused("Requested %s for WarmThroughput for %s is lower than %s of ProvisionedThroughput", member, w.owner(), capacity)
	}
	switch {
	case w.warm.ReadUnitsPerSecond != nil && *w.warm.ReadUnitsPerSecond < read:
		return below("ReadUnitsPerSecond", "ReadCapacityUnits")
	case w.warm.WriteUnitsPerSecond != nil && *w.warm.WriteUnitsPerSecond < write:
		return below("WriteUnitsPerSecond", "WriteCapacityUnits")
	}
	return w.setWarm(t, read, write)
}

// update sets the maximum and the warm throughput of what is there.
func (w *wantedThroughput) update(t *table.Throughput, billing string) error {
	if name := w.onDemandMember(); name != "" && billing != onDemand {
		at := ""
		if w.index != "" {
			at = " for index : " + w.index
		}
		return refused("%s for OnDemandThroughput%s cannot be specified when the table BillingMode is PROVISIONED", name, at)
	}
	if err := w.setMaximum(t, true); err != nil || w.warm == nil {
		return err
	}
	read, write := shownWarm(*t, billing)
	member := ""
	switch {
	case w.warm.ReadUnitsPerSecond != nil && *w.warm.ReadUnitsPerSecond < read:
		member = "ReadUnitsPerSecond"
	case w.warm.WriteUnitsPerSecond != nil && *w.warm.WriteUnitsPerSecond < write:
		member = "WriteUnitsPerSecond"
	default:
		return w.setWarm(t, read, write)
	}
	return refused("Requested %s for WarmThroughput for %s is lower than current WarmThroughput, decreasing WarmThroughput is not supported", member, w.owner())
}

func (w *wantedThroughput) owner() string {
	if w.index == "" {
		return "table"
	}
	return "index " + w.index
}

// onDemandMember is the first member of OnDemandThroughput that is given, "" if none is.
func (w *wantedThroughput) onDemandMember() string {
	switch {
	case w.onDemand == nil:
	case w.onDemand.MaxReadRequestUnits != nil:
		return "MaxReadRequestUnits"
	case w.onDemand.MaxWriteRequestUnits != nil:
		return "MaxWriteRequestUnits"
	}
	return ""
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
			at := "table"
			if w.index != "" {
				at = "index : " + w.index
			}
			return refused("Requested %s for OnDemandThroughput for %s is outside of valid range", m.name, at)
		default:
			*m.to = *m.units
		}
	}
	return nil
}

// setWarm sets the warm throughput, which is at least what is given.
func (w *wantedThroughput) setWarm(t *table.Throughput, read, write int64) error {
	t.WarmRead, t.WarmWrite = max(read, aws.ToInt64(w.warm.ReadUnitsPerSecond)), max(write, aws.ToInt64(w.warm.WriteUnitsPerSecond))
	if t.WarmRead > maxThroughputUnits {
		return outOfBounds("ReadUnitsPerSecond", t.WarmRead)
	}
	if t.WarmWrite > maxThroughputUnits {
		return outOfBounds("WriteUnitsPerSecond", t.WarmWrite)
	}
	return nil
}

// setProvisioned sets the units, if any are given.
func setProvisioned(t *table.Throughput, to *types.ProvisionedThroughput) error {
	if to == nil {
		return nil
	}
	t.Read, t.Write = *to.ReadCapacityUnits, *to.WriteCapacityUnits
	if t.Read > maxThroughputUnits {
		return outOfBounds("ReadCapacityUnits", t.Read)
	}
	if t.Write > maxThroughputUnits {
		return outOfBounds("WriteCapacityUnits", t.Write)
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
