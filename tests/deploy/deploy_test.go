// Package deploy_test reads what an operator deploys, the container image's definition and the Kubernetes manifests, as strictly as
// an API server does, and holds them to what the server needs and what hardens it.
package deploy_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	"sigs.k8s.io/yaml"

	"github.com/statordb/stator/tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

const manifests = "../../deploy/kubernetes"

// read returns the objects of a manifest by their kind. A field that the API does not have fails the test.
func read(t *testing.T, file string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(manifests, file))
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]func() any{
		"v1/ServiceAccount":                  func() any { return new(core.ServiceAccount) },
		"v1/Service":                         func() any { return new(core.Service) },
		"apps/v1/Deployment":                 func() any { return new(apps.Deployment) },
		"apps/v1/StatefulSet":                func() any { return new(apps.StatefulSet) },
		"policy/v1/PodDisruptionBudget":      func() any { return new(policy.PodDisruptionBudget) },
		"networking.k8s.io/v1/NetworkPolicy": func() any { return new(networking.NetworkPolicy) },
	}
	all := make(map[string]any)
	for _, doc := range bytes.Split(text, []byte("\n---\n")) {
		var head struct{ APIVersion, Kind string }
		if err := yaml.Unmarshal(doc, &head); err != nil {
			t.Fatal(err)
		}
		make, ok := kinds[head.APIVersion+"/"+head.Kind]
		if !ok || all[head.Kind] != nil {
			t.Fatalf("%s: %s %s is not expected, or there twice", file, head.APIVersion, head.Kind)
		}
		object := make()
		if err := yaml.UnmarshalStrict(doc, object); err != nil {
			t.Fatalf("%s: %s: %v", file, head.Kind, err)
		}
		all[head.Kind] = object
	}
	return all
}

func TestManifests(t *testing.T) {
	for file, wants := range map[string][]string{
		"shared.yaml":   {"ServiceAccount", "Deployment", "Service", "PodDisruptionBudget", "NetworkPolicy"},
		"embedded.yaml": {"ServiceAccount", "StatefulSet", "Service", "NetworkPolicy"},
	} {
		t.Run(file, func(t *testing.T) {
			all := read(t, file)
			if len(all) != len(wants) {
				t.Errorf("%d objects, want %v", len(all), wants)
			}
			var pod core.PodTemplateSpec
			volumes := make(map[string]bool)
			selectors := []map[string]string{all["Service"].(*core.Service).Spec.Selector, all["NetworkPolicy"].(*networking.NetworkPolicy).Spec.PodSelector.MatchLabels}
			if d, ok := all["Deployment"].(*apps.Deployment); ok {
				pod = d.Spec.Template
				selectors = append(selectors, d.Spec.Selector.MatchLabels, all["PodDisruptionBudget"].(*policy.PodDisruptionBudget).Spec.Selector.MatchLabels)
			}
			if s, ok := all["StatefulSet"].(*apps.StatefulSet); ok {
				pod = s.Spec.Template
				selectors = append(selectors, s.Spec.Selector.MatchLabels)
				for _, claim := range s.Spec.VolumeClaimTemplates {
					volumes[claim.Name] = true
				}
				if s.Spec.ServiceName != all["Service"].(*core.Service).Name || *s.Spec.Replicas != 1 {
					t.Error("the StatefulSet is of another service, or has not one replica")
				}
			}
			for _, selector := range selectors {
				for name, value := range selector {
					if pod.Labels[name] != value || len(selector) == 0 {
						t.Errorf("%v does not select the pods, which have %v", selector, pod.Labels)
					}
				}
			}
			for _, v := range pod.Spec.Volumes {
				volumes[v.Name] = true
			}
			checkPod(t, pod.Spec, volumes, all)
		})
	}
}

func checkPod(t *testing.T, pod core.PodSpec, volumes map[string]bool, all map[string]any) {
	if pod.ServiceAccountName != all["ServiceAccount"].(*core.ServiceAccount).Name || *pod.AutomountServiceAccountToken {
		t.Error("the service account is another one, or its token is in the pod")
	}
	if s := pod.SecurityContext; !*s.RunAsNonRoot || *s.RunAsUser == 0 || s.SeccompProfile.Type != core.SeccompProfileTypeRuntimeDefault {
		t.Error("the pod runs as root, or without a seccomp profile")
	}
	if len(pod.Containers) != 1 {
		t.Fatalf("%d containers", len(pod.Containers))
	}
	c := pod.Containers[0]
	if s := c.SecurityContext; *s.AllowPrivilegeEscalation || !*s.ReadOnlyRootFilesystem || len(s.Capabilities.Drop) != 1 || s.Capabilities.Drop[0] != "ALL" {
		t.Error("the container has privileges that it does not need")
	}
	if registry, _, has := strings.Cut(c.Image, "/"); has && strings.ContainsAny(registry, ".:") {
		t.Errorf("the image %s names a registry", c.Image)
	}
	for _, m := range c.VolumeMounts {
		if !volumes[m.Name] {
			t.Errorf("there is no volume %s", m.Name)
		}
	}
	ports := make(map[string]bool)
	for _, p := range c.Ports {
		ports[p.Name] = true
	}
	for _, p := range all["Service"].(*core.Service).Spec.Ports {
		if !ports[p.TargetPort.StrVal] {
			t.Errorf("the service's port %s is none of the container", p.TargetPort.StrVal)
		}
	}
	for probe, path := range map[*core.Probe]string{c.StartupProbe: "/readyz", c.ReadinessProbe: "/readyz", c.LivenessProbe: "/healthz"} {
		if probe.HTTPGet.Path != path || !ports[probe.HTTPGet.Port.StrVal] {
			t.Errorf("a probe asks %s at %s, want %s", probe.HTTPGet.Path, probe.HTTPGet.Port.StrVal, path)
		}
	}
	if c.Resources.Limits.Memory().IsZero() || c.Resources.Requests.Cpu().IsZero() {
		t.Error("no memory limit, or no request for CPU")
	}
	checkEnv(t, c.Env, *pod.TerminationGracePeriodSeconds)
}

// checkEnv holds the environment against the flags of the server, and the time it may take to stop against what Kubernetes gives.
func checkEnv(t *testing.T, env []core.EnvVar, grace int64) {
	var help bytes.Buffer
	cmd := harness.Command(t, harness.CleanEnv(), t.TempDir(), harness.Binary(t), "serve", "--help")
	cmd.Stdout, cmd.Stderr = &help, &help
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"STATOR_MASTER_KEY": true, "GOMEMLIMIT": true}
	for _, m := range regexp.MustCompile(`\[(STATOR_[A-Z_]+)\]`).FindAllStringSubmatch(help.String(), -1) {
		known[m[1]] = true
	}
	needs := time.Duration(0)
	for _, v := range env {
		if !known[v.Name] {
			t.Errorf("the server knows no %s", v.Name)
		}
		if v.Name == "STATOR_DRAIN" || v.Name == "STATOR_SHUTDOWN_GRACE" {
			d, err := time.ParseDuration(v.Value)
			if err != nil {
				t.Error(err)
			}
			needs += d
		}
		if (v.Name == "STATOR_MASTER_KEY" || v.Name == "STATOR_ENGINE_URL") && (v.Value != "" || v.ValueFrom.SecretKeyRef == nil) {
			t.Errorf("%s is not from a secret", v.Name)
		}
	}
	if time.Duration(grace)*time.Second < needs+5*time.Second {
		t.Errorf("the server may take %v to stop, and is given %d s", needs, grace)
	}
}

func TestDockerfile(t *testing.T) {
	text, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	var stages []string
	words := make(map[string]string)
	for line := range strings.Lines(string(text)) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if words[word] = rest; word == "FROM" {
			stages = append(stages, rest)
			clear(words)
		}
		if word == "ADD" || strings.Contains(rest, ":latest") {
			t.Errorf("%s", line)
		}
	}
	if len(stages) != 2 || stages[1] != "scratch" || strings.Contains(stages[0], "/") {
		t.Errorf("stages are from %q", stages)
	}
	if user := words["USER"]; user == "" || strings.HasPrefix(user, "0") || strings.HasPrefix(user, "root") {
		t.Errorf("it runs as %q", user)
	}
	if words["ENTRYPOINT"] != `["/stator"]` || words["CMD"] != `["serve"]` {
		t.Errorf("it runs %s %s", words["ENTRYPOINT"], words["CMD"])
	}
	module, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(module)[1]
	if stages[0] != "golang:"+string(version)+" AS build" {
		t.Errorf("it is built with %s, the module is of Go %s", stages[0], version)
	}
}
