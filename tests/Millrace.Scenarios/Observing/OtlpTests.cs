using System.Diagnostics;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Observing;

/// <summary>What a collector receives from the program. Numbers of fields are those of opentelemetry-proto 1.x.</summary>
public sealed class OtlpTests : IDisposable
{
    private const int CumulativeTemporality = 2;
    private const int StatusError = 2;

    private const string Job =
        """
        name: orders
        tenant: acme
        source: {connector: files, path: inbox/*.csv, mode: incremental}
        columns: [{name: id, type: bigint}, name]
        target: {connector: files, path: lake/, format: csv}
        batch: {strategy: time_window, window: 1s}
        failure: log_and_continue
        """;

    private readonly TempFolder _folder = new();
    private readonly MillraceProcess _millrace;

    public OtlpTests()
    {
        _millrace = new MillraceProcess(_folder.Path);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "inbox"));
        Write("inbox/a.csv", "id,name\n1,a\n2,b\nx,c\n");
        Write("job.yaml", Job);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_collector_receives_the_figures_the_spans_and_the_events_of_a_run()
    {
        using var collector = new OtlpReceiver();

        MillraceResult run = await _millrace.RunAsync("run", "job.yaml", "--json", "--otlp", collector.Url);

        Assert.True(run.ExitCode == 1, run.Errors);
        Assert.All(collector.Requests, r => Assert.Equal("application/x-protobuf", r.ContentType));
        Assert.Equal("millrace", collector.Resource("/v1/metrics")["service.name"]);

        // Metric { 1: name, 7: sum { 1: points { 6: integer, 7: attributes }, 2: temporality, 3: monotonic }, 9: histogram { 1: points { 4: count } } }
        ProtoMessage written = Assert.Single(collector.Metrics["millrace.rows.written"].Messages(7));
        ProtoMessage point = Assert.Single(written.Messages(1));
        Assert.Equal((2UL, (ulong)CumulativeTemporality, 1UL), (point.Number(6), written.Number(2), written.Number(3)));
        Assert.Equal([("job", "orders"), ("tenant", "acme")], point.Attributes(7).Select(a => (a.Key, (string)a.Value)).Order());
        Assert.Equal(1UL, collector.Metrics["millrace.rows.bad"].Messages(7)[0].Messages(1)[0].Number(6));
        Assert.Equal(1UL, collector.Metrics["millrace.epoch.commit.duration"].Messages(9)[0].Messages(1)[0].Number(4));
        Assert.Equal("partial", collector.Metrics["millrace.runs"].Messages(7)[0].Messages(1)[0].Attributes(7)["outcome"]);

        // Span { 1: trace, 2: id, 4: parent, 5: name, 9: attributes }
        ProtoMessage root = Assert.Single(collector.Spans, s => s.Text(5) == "millrace.run");
        ProtoMessage attempt = Assert.Single(collector.Spans, s => s.Text(5) == "millrace.attempt");
        ProtoMessage epoch = Assert.Single(collector.Spans, s => s.Text(5) == "millrace.epoch");
        Assert.Equal(root.Bytes(2), attempt.Bytes(4));
        Assert.Equal(attempt.Bytes(2), epoch.Bytes(4));
        Assert.Equal((2L, 1L), ((long)epoch.Attributes(9)["rows"], (long)epoch.Attributes(9)["bad_rows"]));
        Assert.Equal((string?)run.Json[^1]["run"], root.Attributes(9)["run"]);

        // LogRecord { 5: body { 1: string }, 6: attributes, 9: trace }
        ProtoMessage ended = Assert.Single(collector.Logs, l => l.Attributes(6).ContainsKey("outcome"));
        Assert.Equal(("orders", 2L), ((string)ended.Attributes(6)["job"], (long)ended.Attributes(6)["rows"]));
        Assert.Equal(root.Bytes(1), ended.Bytes(9));
    }

    [Fact]
    public async Task The_variables_of_opentelemetry_do_the_same_and_name_the_service()
    {
        using var collector = new OtlpReceiver();
        _millrace.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url;
        _millrace.Environment["OTEL_SERVICE_NAME"] = "loader";
        _millrace.Environment["OTEL_LOGS_EXPORTER"] = "none";

        await _millrace.RunAsync("run", "job.yaml");

        Assert.Equal("loader", collector.Resource("/v1/traces")["service.name"]);
        Assert.Contains("millrace.rows.written", collector.Metrics.Keys);
        Assert.Empty(collector.Logs);
    }

    [Fact]
    public async Task The_error_of_a_run_is_the_status_of_its_span()
    {
        using var collector = new OtlpReceiver();
        Write("strict.yaml", Job.Replace("log_and_continue", "fail_batch", StringComparison.Ordinal));

        MillraceResult run = await _millrace.RunAsync("run", "strict.yaml", "--otlp", collector.Url);

        Assert.Equal(2, run.ExitCode);

        // Span { 9: attributes, 15: Status { 3: code } }
        ProtoMessage root = Assert.Single(collector.Spans, s => s.Text(5) == "millrace.run");
        Assert.Equal((ulong)StatusError, root.Messages(15)[0].Number(3));
        Assert.StartsWith("MR", (string)root.Attributes(9)["error.type"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_c_sends_what_is_left()
    {
        using var collector = new OtlpReceiver();
        using Process process = _millrace.Start("run", "job.yaml", "--follow", "--otlp", collector.Url, "--log-format", "json");
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.Contains("epoch_committed", StringComparison.Ordinal))
        {
        }

        MillraceProcess.Interrupt(process);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2UL, collector.Metrics["millrace.rows.written"].Messages(7)[0].Messages(1)[0].Number(6));
        Assert.Single(collector.Spans, s => s.Text(5) == "millrace.run");
    }

    [Fact]
    public async Task A_collector_that_cannot_be_reached_is_reported_once_and_changes_nothing_else()
    {
        MillraceResult run = await _millrace.RunAsync("run", "job.yaml", "--otlp", $"http://127.0.0.1:{OtlpReceiver.FreePort()}");

        Assert.Equal(1, run.ExitCode);
        Assert.Single(run.Errors.Split('\n'), line => line.StartsWith("warning: telemetry could not be sent", StringComparison.Ordinal));
        Assert.Equal("id,name\n1,a\n2,b\n", File.ReadAllText(Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, "lake"), "*.csv"))));
    }

    [Fact]
    public async Task A_collector_that_never_answers_delays_no_run_for_long()
    {
        // It takes connections and says nothing.
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();

        MillraceResult run = await _millrace.RunAsync("run", "job.yaml", "--otlp", $"http://{silent.LocalEndpoint}");

        Assert.Equal(1, run.ExitCode);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder.Path, name), text);
}
