package servers

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/statordb/stator/tests/fleet"
)

// get is the answer to a page of a server.
func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	answer, err := http.Get(url)
	must(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	must(t, err)
	return answer.StatusCode, string(text)
}

// A load balancer learns within two seconds that the engine is out of reach, and that it is back. The page of metrics has what the
// engine did meanwhile.
func TestEngineOutOfReach(t *testing.T) {
	t.Parallel()
	fleet.Each(t, 2, nil, func(t *testing.T, f *fleet.Fleet) {
		name := newTable(t, f)
		ready := func(within time.Duration, want int) {
			t.Helper()
			for _, s := range f.Servers {
				eventually(t, within, "/readyz", func() (string, string) {
					begun := time.Now()
					status, _ := get(t, s.Endpoint+"/readyz")
					if took := time.Since(begun); took > 2*time.Second {
						t.Errorf("/readyz took %v", took)
					}
					return fmt.Sprint(status), fmt.Sprint(want)
				})
			}
		}
		ready(0, 200)
		again := f.Unreachable()
		ready(0, 503)
		again()
		ready(patience, 200)
		for _, c := range clients(f) {
			eventually(t, patience, "PutItem", func() (string, string) {
				_, err := c.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &name, Item: item{"pk": str("1")}})
				return code(err), ""
			})
		}
		_, page := get(t, f.Servers[0].Endpoint+"/metrics")
		for _, line := range []string{`stator_engine_call_duration_seconds_count{call="view"}`, `stator_engine_call_duration_seconds_count{call="update"}`,
			`stator_engine_errors_total{call="view",reason="deadline"}`, "stator_leases ", "stator_catalogue_age_seconds ",
			`stator_cache_lookups_total{cache="table",result="hit"}`, `stator_cache_lookups_total{cache="identity",result="miss"}`} {
			if !strings.Contains(page, "\n"+line) {
				t.Errorf("no metric %s", line)
			}
		}
	})
}

// Three servers are restarted one after the other under load, behind a balancer that asks who is ready. No request fails.
func TestRollingRestart(t *testing.T) {
	const lookEvery = 200 * time.Millisecond
	fleet.Each(t, 3, []string{"drain=2s"}, func(t *testing.T, f *fleet.Fleet) {
		name := newTable(t, f)
		front, health := balance(t, f, lookEvery)
		db := dynamodb.NewFromConfig(plain(f.Servers[0].Config), func(o *dynamodb.Options) { o.BaseEndpoint = aws.String(front) })
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var working sync.WaitGroup
		var answered atomic.Int64
		for n := range 6 {
			working.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					it := item{"pk": str(fmt.Sprintf("%d-%d", n, i%20)), "i": str(fmt.Sprint(i))}
					if _, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &name, Item: it}); err != nil {
						t.Errorf("PutItem: %v", err)
					}
					out, err := db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &name, Key: item{"pk": it["pk"]}, ConsistentRead: aws.Bool(true)})
					if err != nil || len(out.Item) != 2 {
						t.Errorf("GetItem: %v %v", out, err)
					}
					answered.Add(2)
					time.Sleep(5 * time.Millisecond)
				}
			})
		}
		for i, s := range f.Servers {
			time.Sleep(3 * lookEvery)
			before := answered.Load()
			stopped := s.BeginStop(t)
			if status, _ := get(t, s.Endpoint+"/healthz"); status != 200 {
				t.Errorf("server %d: /healthz is %d while it drains", i, status)
			}
			eventually(t, lookEvery*5, "the balancer", func() (string, string) { return fmt.Sprint(health(i)), "false" })
			stopped(t)
			s.Start(t)
			eventually(t, patience, "the balancer", func() (string, string) { return fmt.Sprint(health(i)), "true" })
			t.Logf("server %d: %d requests were answered while it was restarted", i, answered.Load()-before)
		}
		stop()
		working.Wait()
		f.Check(t)
	})
}

// balance starts a load balancer, and says which servers are ready as far as that knows.
func balance(t *testing.T, f *fleet.Fleet, every time.Duration) (address string, health func(server int) bool) {
	ready := make([]atomic.Bool, len(f.Servers))
	look := func(i int) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, "GET", f.Servers[i].Endpoint+"/readyz", nil)
		if err != nil {
			panic(err)
		}
		request.Close = true
		answer, err := http.DefaultClient.Do(request)
		if err == nil {
			_ = answer.Body.Close()
		}
		ready[i].Store(err == nil && answer.StatusCode == http.StatusOK)
	}
	ctx, stop := context.WithCancel(context.Background())
	var looking sync.WaitGroup
	for i := range f.Servers {
		look(i)
		looking.Go(func() {
			for ctx.Err() == nil {
				time.Sleep(every)
				look(i)
			}
		})
	}
	var turn atomic.Int64
	transport := &http.Transport{MaxIdleConnsPerHost: 10}
	proxy := &httputil.ReverseProxy{
		Transport: transport,
		ErrorLog:  log.New(t.Output(), "balancer: ", 0),
		Rewrite: func(r *httputil.ProxyRequest) {
			for range f.Servers {
				i := int(turn.Add(1)) % len(f.Servers)
				if !ready[i].Load() {
					continue
				}
				to, err := url.Parse(f.Servers[i].Endpoint)
				if err != nil {
					panic(err)
				}
				r.SetURL(to)
				r.Out.Host = r.In.Host // it is signed
				return
			}
		},
	}
	front := httptest.NewServer(proxy)
	t.Cleanup(func() {
		stop()
		looking.Wait()
		front.Close()
		transport.CloseIdleConnections()
	})
	return front.URL, func(i int) bool { return ready[i].Load() }
}
