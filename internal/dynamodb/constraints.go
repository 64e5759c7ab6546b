package dynamodb

import (
	"cmp"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The constraints that the model puts on the structures of the control plane, which AWS checks before what they mean.

var (
	scalarValues          = []string{"B", "N", "S"}
	billingValues         = []string{"PROVISIONED", "PAY_PER_REQUEST"}
	keyTypeValues         = []string{"HASH", "RANGE"}
	projectionValues      = []string{"ALL", "INCLUDE", "KEYS_ONLY"}
	tableClassValues      = []string{"STANDARD", "STANDARD_INFREQUENT_ACCESS"}
	viewValues            = []string{"NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"}
	sseTypeValues         = []string{"AES256", "KMS"}
	replicationModeValues = []string{"ENABLED", "DISABLED", "ENABLED_WITH_OVERRIDES"}
	consistencyValues     = []string{"EVENTUAL", "STRONG"}
	maxNonKey             = 20
	maxAttributeOfKey     = 255
)

func (v *violations) definitions(at string, defs []types.AttributeDefinition) {
	for i, d := range defs {
		at := fmt.Sprintf("%s.%d.member.", at, i+1)
		v.required(at+"attributeName", d.AttributeName != nil)
		v.length(at+"attributeName", optional(d.AttributeName), 1, maxAttributeOfKey)
		v.required(at+"attributeType", d.AttributeType != "")
		v.enum(at+"attributeType", enumText(d.AttributeType), scalarValues)
	}
}

func (v *violations) streamSpecification(s *types.StreamSpecification) {
	if s != nil {
		v.required("streamSpecification.streamEnabled", s.StreamEnabled != nil)
		v.enum("streamSpecification.streamViewType", enumText(s.StreamViewType), viewValues)
	}
}

func (v *violations) throughput(at string, t *types.ProvisionedThroughput) {
	if t == nil {
		return
	}
	v.units(at+".writeCapacityUnits", t.WriteCapacityUnits)
	v.units(at+".readCapacityUnits", t.ReadCapacityUnits)
}

func (v *violations) units(at string, units *int64) {
	v.required(at, units != nil)
	v.atLeast(at, integer{units != nil, aws.ToInt64(units)}, 1)
}

func (v *violations) keySchema(at string, schema []types.KeySchemaElement, most int) {
	v.required(at, schema != nil)
	if schema == nil {
		return
	}
	v.count(at, len(schema), 1, most, func() string { return shownSchema(schema) })
	for i, e := range schema {
		at := fmt.Sprintf("%s.%d.member.", at, i+1)
		v.required(at+"attributeName", e.AttributeName != nil)
		v.length(at+"attributeName", optional(e.AttributeName), 1, maxAttributeOfKey)
		v.required(at+"keyType", e.KeyType != "")
		v.enum(at+"keyType", enumText(e.KeyType), keyTypeValues)
	}
}

// shownSchema prints a key schema as AWS prints it in a violation.
func shownSchema(schema []types.KeySchemaElement) string {
	elems := make([]string, len(schema))
	for i, e := range schema {
		name := "null"
		if e.AttributeName != nil {
			name = *e.AttributeName
		}
		elems[i] = "KeySchemaElement(attributeName=" + name + ", keyType=" + cmp.Or(string(e.KeyType), "null") + ")"
	}
	return joinNames(elems)
}

func (v *violations) projection(at string, p *types.Projection) {
	v.required(at, p != nil)
	if p == nil {
		return
	}
	v.enum(at+".projectionType", enumText(p.ProjectionType), projectionValues)
	if p.NonKeyAttributes != nil {
		v.count(at+".nonKeyAttributes", len(p.NonKeyAttributes), 1, maxNonKey, func() string { return joinNames(p.NonKeyAttributes) })
		for i, name := range p.NonKeyAttributes {
			v.length(at+".nonKeyAttributes."+strconv.Itoa(i+1)+".member", text{true, name}, 1, maxAttributeOfKey)
		}
	}
}

func (v *violations) index(at string, name *string, schema []types.KeySchemaElement, p *types.Projection, most int) {
	v.required(at+"indexName", name != nil)
	v.name(at+"indexName", optional(name))
	v.keySchema(at+"keySchema", schema, most)
	v.projection(at+"projection", p)
}
