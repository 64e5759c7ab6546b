package identity

import (
	"crypto/sha256"
	"embed"
	"encoding/json"
	"io/fs"
	"strings"
	"sync"
	"time"
)

// administratorAccess is AWS's managed policy of that name.
const administratorAccess = managedByAWS + "AdministratorAccess"

// The files are the policies that AWS manages, as the "AWS Managed Policy Reference" has them: those that concern a
// database and its identities. The three that are about all of AWS, ReadOnlyAccess, ViewOnlyAccess and SecurityAudit,
// have the actions of the services that are here only.
//
//go:embed managed/*.json
var managedFiles embed.FS

type managedPolicies struct {
	byARN map[string]*policyRecord
	all   []*policyRecord // in the order of their names
}

// loadManaged reads them once. They never change.
var loadManaged = sync.OnceValue(func() managedPolicies {
	m := managedPolicies{byARN: map[string]*policyRecord{}}
	files, err := fs.ReadDir(managedFiles, "managed")
	if err != nil {
		panic(err) // it is in the binary
	}
	for _, file := range files {
		text, err := managedFiles.ReadFile("managed/" + file.Name())
		if err != nil {
			panic(err)
		}
		var f struct {
			Path, Description string
			Version           int
			Created, Updated  time.Time
			Document          json.RawMessage
		}
		if err := json.Unmarshal(text, &f); err != nil {
			panic(err)
		}
		name := strings.TrimSuffix(file.Name(), ".json")
		sum := sha256.Sum256([]byte(name))
		p := &policyRecord{
			entity:      entity{ID: "ANPA" + idEncoding.EncodeToString(sum[:])[:17], Name: name, Path: f.Path, Created: f.Created},
			Description: f.Description, Updated: f.Updated, aws: true,
			Versions: []policyVersion{{f.Version, f.Updated, string(f.Document)}}, Default: f.Version, Last: f.Version,
		}
		m.all = append(m.all, p)
		m.byARN[p.arn("aws", policyKind)] = p
	}
	return m
})

// awsManaged returns a policy that AWS manages, nil if there is none. Nobody changes it.
func awsManaged(arn string) *policyRecord { return loadManaged().byARN[arn] }

// awsManagedPolicies returns all of them in the order of their names.
func awsManagedPolicies() []*policyRecord { return loadManaged().all }
