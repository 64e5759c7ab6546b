package dynamodb

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/table"
)

// updateTable decodes UpdateTable.
func (s *Service) updateTable(req *awsapi.Request) (awsapi.Call, error) {
	in := &dynamodb.UpdateTableInput{}
	if err := awsapi.DecodeJSON(req.Body, in); err != nil {
		return nil, err
	}
	if err := tableName(in.TableName); err != nil {
		return nil, err
	}
	if err := updateTableConstraints(in); err != nil {
		return nil, err
	}
	if err := checkUpdate(in); err != nil {
		return nil, err
	}
	return onTable(s, req, "dynamodb:UpdateTable", *in.TableName, func(ctx context.Context) (*dynamodb.UpdateTableOutput, error) {
		scope, name, err := locate(req, *in.TableName)
		if err != nil {
			return nil, err
		}
		var before *table.Descriptor
		d, err := s.change(ctx, scope, name, func(d *table.Descriptor) error {
			before = d.Clone()
			a := amendment{Descriptor: d, in: in, now: req.Now, quotas: s.quotas()}
			return a.run()
		})
		if err != nil {
			return nil, catalogueError(err, name)
		}
		s.awaitStream(ctx, d, in.StreamSpecification)
		s.throttle.changed(d)
		stats, err := s.store.Stats(ctx, d)
		if err != nil { // the change is done; its answer must not say that it failed
			stats = table.Stats{}
		}
		return &dynamodb.UpdateTableOutput{TableDescription: updating(before, d, stats, in, req.Now)}, nil
	}), nil
}

func updateTableConstraints(in *dynamodb.UpdateTableInput) error {
	var v violations
	v.table(optional(in.TableName))
	v.definitions("attributeDefinitions", in.AttributeDefinitions)
	v.throughput("provisionedThroughput", in.ProvisionedThroughput)
	v.enum("billingMode", enumText(in.BillingMode), billingValues)
	for i, u := range in.GlobalSecondaryIndexUpdates {
		at := fmt.Sprintf("globalSecondaryIndexUpdates.%d.member.", i+1)
		if u.Update != nil {
			v.required(at+"update.indexName", u.Update.IndexName != nil)
			v.name(at+"update.indexName", optional(u.Update.IndexName))
			v.throughput(at+"update.provisionedThroughput", u.Update.ProvisionedThroughput)
		}
		if u.Create != nil {
			v.index(at+"create.", u.Create.IndexName, u.Create.KeySchema, u.Create.Projection, 2*maxKeyAttributes)
			v.throughput(at+"create.provisionedThroughput", u.Create.ProvisionedThroughput)
		}
		if u.Delete != nil {
			v.required(at+"delete.indexName", u.Delete.IndexName != nil)
			v.name(at+"delete.indexName", optional(u.Delete.IndexName))
		}
	}
	v.streamSpecification(in.StreamSpecification)
	v.enum("tableClass", enumText(in.TableClass), tableClassValues)
	v.encryption("sSESpecification", in.SSESpecification)
	if in.ReplicaUpdates != nil {
		v.count("replicaUpdates", len(in.ReplicaUpdates), 1, math.MaxInt, emptyList)
	}
	v.enum("multiRegionConsistency", enumText(in.MultiRegionConsistency), consistencyValues)
	v.enum("globalTableSettingsReplicationMode", enumText(in.GlobalTableSettingsReplicationMode), replicationModeValues)
	return v.err()
}

// checkUpdate checks what needs no look at the table.
func checkUpdate(in *dynamodb.UpdateTableInput) error {
	switch {
	case in.ReplicaUpdates != nil || in.GlobalTableWitnessUpdates != nil || in.MultiRegionConsistency != "" || in.GlobalTableSettingsReplicationMode != "":
		return errNoGlobalTables
	case in.ProvisionedThroughput == nil && in.BillingMode == "" && len(in.GlobalSecondaryIndexUpdates) == 0 && in.SSESpecification == nil &&
		in.StreamSpecification == nil && in.TableClass == "" && in.DeletionProtectionEnabled == nil && !(&wantedThroughput{onDemand: in.OnDemandThroughput}).hasMaximum() && emptyWarm(in.WarmThroughput):
		return awsapi.Validation("At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required")
	case in.BillingMode == types.BillingModeProvisioned && in.ProvisionedThroughput == nil:
		return refused("ProvisionedThroughput must be specified when BillingMode is PROVISIONED")
	}
	if err := cmp.Or(checkBounds(in.ProvisionedThroughput), checkEncryption(in.SSESpecification)); err != nil {
		return err
	}
	if err := checkCombination(in); err != nil {
		return err
	}
	if s := in.StreamSpecification; s != nil {
		switch {
		case *s.StreamEnabled && s.StreamViewType == "":
			return errNoViewType
		case !*s.StreamEnabled && s.StreamViewType != "":
			return refused("If stream is being disabled, then UpdateViewType must not be specified")
		}
	}
	var names []string
	for _, u := range in.GlobalSecondaryIndexUpdates {
		name := ""
		n := 0
		if u.Update != nil {
			name = *u.Update.IndexName
			n++
		}
		if u.Create != nil {
			name = *u.Create.IndexName
			n++
		}
		if u.Delete != nil {
			name = *u.Delete.IndexName
			n++
		}
		switch {
		case n == 0:
			return refused("One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null")
		case n > 1:
			return refused("Only one of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete may be specified")
		case slices.Contains(names, name):
			return refused("Only one global secondary index update per index is allowed simultaneously. Index: %s", name)
		}
		names = append(names, name)
	}
	return nil
}

// emptyWarm says whether a WarmThroughput asks for nothing.
func emptyWarm(w *types.WarmThroughput) bool {
	return w == nil || w.ReadUnitsPerSecond == nil && w.WriteUnitsPerSecond == nil
}

// checkCombination refuses what can't be done at once (API reference, UpdateTable).
func checkCombination(in *dynamodb.UpdateTableInput) error {
	if in.ProvisionedThroughput == nil || in.BillingMode != "" {
		return nil
	}
	for _, u := range in.GlobalSecondaryIndexUpdates {
		if u.Create != nil || u.Delete != nil {
			return refused("ProvisionedThroughput of the table cannot be updated when an index is created or deleted in the same request")
		}
	}
	return nil
}

// streamPatience bounds the wait for a stream to be enabled: as long as writes may take that are in flight.
const streamPatience = 5 * time.Second

// awaitStream waits for a stream that was asked for. If it takes longer, the stream says ENABLING, as AWS's would.
func (s *Service) awaitStream(ctx context.Context, d *table.Descriptor, in *types.StreamSpecification) {
	if in == nil || !*in.StreamEnabled {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, streamPatience)
	defer cancel()
	_ = s.store.AwaitStream(ctx, d) // the change is done, whatever this says
}
