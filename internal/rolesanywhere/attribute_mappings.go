package rolesanywhere

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/statordb/stator/internal/awsapi"
)

// attributeMapping says which values of a field of a certificate become session tags.
type attributeMapping struct {
	Field *string       `json:"certificateField"`
	Rules []mappingRule `json:"mappingRules"`
}

type mappingRule struct {
	Specifier *string `json:"specifier"`
}

// The fields of certificates, in the order in which answers have them.
const (
	issuerField  = "x509Issuer"
	sanField     = "x509SAN"
	subjectField = "x509Subject"
)

var fields = []string{issuerField, sanField, subjectField}

// usualMappings are those of a new profile ("Certificate attribute mapping", IAM Roles Anywhere User Guide).
func usualMappings() map[string][]string {
	return map[string][]string{issuerField: {"*"}, sanField: {"DNS", "URI", "Name/*"}, subjectField: {"*"}}
}

// maxSpecifiers is how many rules a field has at the most: as many as a session can have tags.
const maxSpecifiers = 50

func shownMappings(mappings map[string][]string) []attributeMapping {
	all := []attributeMapping{}
	for _, field := range fields {
		if len(mappings[field]) == 0 {
			continue
		}
		m := attributeMapping{Field: &field}
		for _, specifier := range mappings[field] {
			m.Rules = append(m.Rules, mappingRule{&specifier})
		}
		all = append(all, m)
	}
	return all
}

// putAttributeMapping decodes PutAttributeMapping: rules that are added to those of a field.
func (s *Service) putAttributeMapping(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[attributeMapping](req)
	if err != nil {
		return nil, err
	}
	var bad awsapi.Violations
	bad.Required("certificateField", in.Field != nil)
	bad.Enum("certificateField", in.Field, []string{subjectField, issuerField, sanField})
	bad.Required("mappingRules", in.Rules != nil)
	for i, rule := range in.Rules {
		at := "mappingRules." + strconv.Itoa(i+1) + ".member.specifier"
		bad.Required(at, rule.Specifier != nil)
		bad.Length(at, rule.Specifier, 0, 60)
	}
	if err := bad.Err(awsapi.ValidationException); err != nil {
		return nil, err
	}
	for _, rule := range in.Rules {
		if !validSpecifier(*in.Field, *rule.Specifier) {
			return nil, validation("The specifier " + *rule.Specifier + " is not supported for the field " + *in.Field + ".")
		}
	}
	return oneProfile.editPath(s, req, "PutAttributeMapping", func(rec *profileRecord) error {
		if rec.Mappings == nil {
			rec.Mappings = map[string][]string{}
		}
		for _, rule := range in.Rules {
			if !slices.Contains(rec.Mappings[*in.Field], *rule.Specifier) {
				rec.Mappings[*in.Field] = append(rec.Mappings[*in.Field], *rule.Specifier)
			}
		}
		if n := len(rec.Mappings[*in.Field]); n > maxSpecifiers {
			return tooMany(maxSpecifiers, "mapping rules of the field "+*in.Field)
		}
		return nil
	})
}

// deleteAttributeMapping decodes DeleteAttributeMapping: of the given specifiers of a field, or of all.
func (s *Service) deleteAttributeMapping(req *awsapi.Request) (awsapi.Call, error) {
	var bad awsapi.Violations
	field, ok := req.Form.Value("certificateField")
	bad.Required("certificateField", ok)
	if ok {
		bad.Enum("certificateField", &field, []string{subjectField, issuerField, sanField})
	}
	if err := bad.Err(awsapi.ValidationException); err != nil {
		return nil, err
	}
	specifiers := req.HTTP.URL.Query()["specifiers"] // a list is a parameter for each element
	return oneProfile.editPath(s, req, "DeleteAttributeMapping", func(rec *profileRecord) error {
		if len(specifiers) == 0 {
			delete(rec.Mappings, field)
			return nil
		}
		rec.Mappings[field] = slices.DeleteFunc(rec.Mappings[field], func(s string) bool { return slices.Contains(specifiers, s) })
		return nil
	})
}

// validSpecifier says whether a specifier can lead to a value of a field.
func validSpecifier(field, specifier string) bool {
	if field != sanField {
		return specifier == "*" || validAttribute(specifier)
	}
	name, ok := strings.CutPrefix(specifier, "Name/")
	switch {
	case ok:
		return name == "*" || validAttribute(name)
	case specifier == "*":
		return true
	}
	of, _ := cutIndex(specifier)
	return of == "DNS" || of == "URI"
}

// validAttribute says whether a specifier names an attribute of a distinguished name: by a short name or an object identifier,
// with the number of the value if there are several.
func validAttribute(specifier string) bool {
	name, _ := cutIndex(specifier)
	for _, short := range attributeNames {
		if name == short {
			return true
		}
	}
	return objectIdentifier.MatchString(name)
}

var objectIdentifier = regexp.MustCompile(`^\d+(\.\d+)+$`)

// cutIndex cuts the number off a specifier: OU/1 is the second value of OU.
func cutIndex(specifier string) (name string, index int) {
	name, number, ok := strings.Cut(specifier, "/")
	if !ok {
		return name, 0
	}
	index, err := strconv.Atoi(number)
	if err != nil || index < 1 || strconv.Itoa(index) != number {
		return "", 0
	}
	return name, index
}
