package table

import (
	"maps"
	"slices"
	"time"

	"github.com/statordb/stator/internal/attribute"
)

// Scope is where a resource lives: an account and a region.
type Scope struct {
	Account string `json:"account"`
	Region  string `json:"region"`
}

// Descriptor is the definition of a table at one version. A published one is never changed: Store.Change makes
// the next version.
type Descriptor struct {
	Scope Scope  `json:"scope"`
	Name  string `json:"name"`
	// ID is in the key of everything the table holds. It is never used again, even after the table is dropped.
	ID uint64 `json:"id"`
	// UUID is what DescribeTable shows as TableId.
	UUID    string    `json:"uuid"`
	Version uint64    `json:"version"`
	Created time.Time `json:"created"`

	// Definitions are the AttributeDefinitions in the order in which they were given, without those that no key uses any more.
	Definitions []KeyAttribute `json:"definitions"`
	Partition   KeyAttribute   `json:"partition"`
	// Sort is nil if the table's key is the partition key alone.
	Sort    *KeyAttribute `json:"sort,omitempty"`
	Indexes []*Index      `json:"indexes,omitempty"`
	// TTL is nil if it is disabled.
	TTL *TTL `json:"ttl,omitempty"`

	Settings Settings `json:"settings"`

	// Stream is nil if there is none that is enabled. LatestStream is the label of the last that there was.
	Stream       *Stream `json:"stream,omitempty"`
	LatestStream string  `json:"latestStream,omitempty"`

	// Journal is nil if nobody needs to know what the items were before.
	Journal *Journal `json:"journal,omitempty"`
	// Creating: the table is being filled, and not in use yet.
	Creating bool `json:"creating,omitempty"`
	// Restore is what the table was restored from, nil if it was not.
	Restore *Restore `json:"restore,omitempty"`

	// live is what the published descriptor shares with the store; nil in every other one.
	live *live
}

// KeyAttribute is an attribute of a key; its kind is String, Number or Binary.
type KeyAttribute struct {
	Name string
	Kind attribute.Kind
}

// Index is a local or a global secondary index.
type Index struct {
	// ID is in the key of every entry. It is never used again.
	ID    uint64 `json:"id"`
	Name  string `json:"name"`
	Local bool   `json:"local,omitempty"`
	// Partition has one to four attributes (a local index: the table's own), Sort none to four (a local index: one).
	Partition []KeyAttribute `json:"partition"`
	Sort      []KeyAttribute `json:"sort,omitempty"`
	// Projection is ALL, KEYS_ONLY or INCLUDE, with the further attributes of the last.
	Projection string     `json:"projection"`
	NonKey     []string   `json:"nonKey,omitempty"`
	State      IndexState `json:"state"`
	// Filling: entries are added to an index that is Creating. Only the store sets it.
	Filling    bool       `json:"filling,omitempty"`
	Throughput Throughput `json:"throughput,omitzero"`
}

// IndexState is what an index may be used for.
type IndexState string

// An index that is Creating is not read. At first changes only remove entries from it, until every writer knows it
// and does so; then, Filling, they also add entries, while those of the items from before are added. One
// that is Deleting is neither written nor read while its entries are dropped.
const (
	IndexCreating IndexState = "CREATING"
	IndexActive   IndexState = "ACTIVE"
	IndexDeleting IndexState = "DELETING"
)

// Settings are what DescribeTable shows and the data model does not need.
type Settings struct {
	// BillingMode is PROVISIONED or PAY_PER_REQUEST.
	BillingMode string `json:"billingMode,omitempty"`
	// OnDemandSince is when the table was last switched to PAY_PER_REQUEST, or created so; zero if it never was.
	OnDemandSince time.Time `json:"onDemandSince,omitzero"`
	// Switches are the times of its last switches to PAY_PER_REQUEST, the latest at the end.
	Switches           []time.Time `json:"switches,omitempty"`
	Throughput         Throughput  `json:"throughput,omitzero"`
	DeletionProtection bool        `json:"deletionProtection,omitempty"`
	TableClass         string      `json:"tableClass,omitempty"` // "" until it is named
	TableClassSince    time.Time   `json:"tableClassSince,omitzero"`
	// KMS: encryption with a key of KMS was asked for.
	KMS  bool              `json:"kms,omitempty"`
	Tags map[string]string `json:"tags,omitempty"`
	// Policy is nil if there never was one.
	Policy *ResourcePolicy `json:"policy,omitempty"`
}

// ResourcePolicy is the resource-based policy of a table.
type ResourcePolicy struct {
	// Document is as it is decided with: users and roles are named by their unique ids. It is empty when the policy was
	// deleted.
	Document string `json:"document,omitempty"`
	// Revision is when it was last changed, in milliseconds since 1970. It grows with each change.
	Revision int64 `json:"revision"`
}

// Throughput is the provisioned throughput of a table or an index, and the limits of an on-demand one.
type Throughput struct {
	Read           int64     `json:"read,omitempty"`
	Write          int64     `json:"write,omitempty"`
	Increased      time.Time `json:"increased,omitzero"`
	Decreased      time.Time `json:"decreased,omitzero"`
	DecreasesToday int64     `json:"decreasesToday,omitempty"`
	MaxRead        int64     `json:"maxRead,omitempty"` // OnDemandThroughput, 0 if not given
	MaxWrite       int64     `json:"maxWrite,omitempty"`
	WarmRead       int64     `json:"warmRead,omitempty"` // WarmThroughput, 0 if not given
	WarmWrite      int64     `json:"warmWrite,omitempty"`
}

// Index returns the index of that name, nil if there is none.
func (d *Descriptor) Index(name string) *Index {
	for _, x := range d.Indexes {
		if x.Name == name {
			return x
		}
	}
	return nil
}

func (d *Descriptor) indexByID(id uint64) *Index {
	for _, x := range d.Indexes {
		if x.ID == id {
			return x
		}
	}
	return nil
}

// Clone returns a deep copy, which is not published.
func (d *Descriptor) Clone() *Descriptor {
	c := *d
	c.live = nil
	c.Definitions = slices.Clone(d.Definitions)
	if d.Sort != nil {
		sort := *d.Sort
		c.Sort = &sort
	}
	c.Indexes = make([]*Index, len(d.Indexes))
	for i, x := range d.Indexes {
		xc := *x
		xc.Partition = slices.Clone(x.Partition)
		xc.Sort = slices.Clone(x.Sort)
		xc.NonKey = slices.Clone(x.NonKey)
		c.Indexes[i] = &xc
	}
	if d.TTL != nil {
		ttl := *d.TTL
		c.TTL = &ttl
	}
	if d.Stream != nil {
		stream := *d.Stream
		c.Stream = &stream
	}
	if d.Journal != nil {
		journal := *d.Journal
		if journal.Copy != nil {
			cp := *journal.Copy
			journal.Copy = &cp
		}
		c.Journal = &journal
	}
	if d.Restore != nil {
		restore := *d.Restore
		c.Restore = &restore
	}
	c.Settings.Switches = slices.Clone(d.Settings.Switches)
	c.Settings.Tags = maps.Clone(d.Settings.Tags)
	if d.Settings.Policy != nil {
		p := *d.Settings.Policy
		c.Settings.Policy = &p
	}
	return &c
}

// Derived returns what derive makes of the descriptor. Of a published one it is made once and kept as long as that
// version is: what a request needs to know of a table each time costs it nothing. All calls pass the same function.
func (d *Descriptor) Derived(derive func(*Descriptor) any) any {
	if d.live == nil {
		return derive(d)
	}
	if v := d.live.derived.Load(); v != nil {
		return *v
	}
	v := derive(d)
	d.live.derived.Store(&v)
	return v
}

// KeyOf returns the key attributes of item: the table's and, if x is not nil, the index's. It is what
// LastEvaluatedKey shows. Attributes that item does not have are left out.
func (d *Descriptor) KeyOf(x *Index, item attribute.Value) attribute.Value {
	var b attribute.MapBuilder
	addKeys(&b, d, x, item)
	return b.Value()
}

func addKeys(b *attribute.MapBuilder, d *Descriptor, x *Index, item attribute.Value) {
	add := func(name string) {
		if v := item.Field(name); v != nil {
			b.Add(name, v)
		}
	}
	add(d.Partition.Name)
	if d.Sort != nil {
		add(d.Sort.Name)
	}
	if x == nil {
		return
	}
	for i, k := range x.Partition {
		if !d.inKey(k.Name) && !named(x.Partition[:i], k.Name) {
			add(k.Name)
		}
	}
	for i, k := range x.Sort {
		if !d.inKey(k.Name) && !named(x.Partition, k.Name) && !named(x.Sort[:i], k.Name) {
			add(k.Name)
		}
	}
}

// uses says whether the attribute is in a key of the table or of an index.
func (d *Descriptor) uses(name string) bool {
	return d.inKey(name) || slices.ContainsFunc(d.Indexes, func(x *Index) bool { return named(x.Partition, name) || named(x.Sort, name) })
}

// inKey says whether the attribute is in the table's key.
func (d *Descriptor) inKey(name string) bool {
	return name == d.Partition.Name || d.Sort != nil && name == d.Sort.Name
}

func named(keys []KeyAttribute, name string) bool {
	for _, k := range keys {
		if k.Name == name {
			return true
		}
	}
	return false
}
