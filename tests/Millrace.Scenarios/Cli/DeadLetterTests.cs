using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Millrace.Scenarios.Cli;

/// <summary>Rows that a job sets aside, from the run that finds them bad to the replay that brings them home.</summary>
public sealed class DeadLetterTests : IDisposable
{
    private const string Job =
        """
        name: orders
        source: {connector: files, path: inbox/*.csv, mode: incremental}
        columns: [{name: id, type: bigint}, {name: day, type: date}, {name: note, required: true}]
        target: {connector: files, path: lake/, format: csv}
        failure: dead_letter
        """;

    private readonly TempFolder _folder = new();
    private readonly MillraceProcess _millrace;

    public DeadLetterTests() => _millrace = new MillraceProcess(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Bad_rows_are_listed_and_arrive_once_when_the_job_is_mended()
    {
        Write("inbox/a.csv", "id;day;note\n1;2024-01-05;a\n2;2024-01-06\n3;2024-01-07;\n\"4\";31.01.2024;\"x; \"\"y\"\"\"\n");
        Write("job.yaml", Job);
        MillraceResult run = await _millrace.RunAsync("run", "job.yaml", "--json");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(3, (int?)run.Json[^1]["new_dead_letters"]);

        JsonNode list = (await _millrace.RunAsync("dlq", "list", "job.yaml", "--json")).Json[0];
        Assert.Equal(3, (int?)list["count"]);
        Assert.Equal(["MR2004 decode 1", "MR2010 decode 1", "MR4001 convert 1"], list["kinds"]!.AsArray().Select(k => $"{k!["code"]} {k["stage"]} {k["count"]}"));

        Write("job.yaml", Job
            .Replace("inbox/*.csv", "inbox/*.csv, format: {name: csv, short_rows: pad, date_format: \"%d.%m.%Y\"}", StringComparison.Ordinal)
            .Replace(", required: true", "", StringComparison.Ordinal));
        MillraceResult replay = await _millrace.RunAsync("dlq", "replay", "job.yaml", "--all", "--json");
        MillraceResult again = await _millrace.RunAsync("dlq", "replay", "job.yaml", "--all", "--json");
        MillraceResult next = await _millrace.RunAsync("run", "job.yaml", "--json");

        Assert.True(replay.ExitCode == 0, replay.Output + replay.Errors);
        Assert.Equal(3, (int?)replay.Json[0]["replayed"]);
        Assert.Equal(0, (int?)again.Json[0]["replayed"]);
        Assert.Equal(0, (int?)next.Json[^1]["rows"]);
        Assert.Equal(["1,2024-01-05,a", "2,2024-01-06,", "3,2024-01-07,", "4,2024-01-31,\"x; \"\"y\"\"\""], Rows());
        Assert.Equal(0, (int?)(await _millrace.RunAsync("dlq", "list", "job.yaml", "--json")).Json[0]["count"]);
    }

    [Fact]
    public async Task A_letter_whose_replay_was_taken_back_waits_again_and_arrives_with_the_next_one()
    {
        Write("inbox/a.csv", "id,day,note\n1,2024-01-05,a\n2,06.01.2024,b\n");
        Write("job.yaml", Job);
        await _millrace.RunAsync("run", "job.yaml");
        Write("job.yaml", Job.Replace("inbox/*.csv", "inbox/*.csv, format: {name: csv, date_format: \"%d.%m.%Y\"}", StringComparison.Ordinal));
        await _millrace.RunAsync("dlq", "replay", "job.yaml", "--all");
        Assert.Equal(["1,2024-01-05,a", "2,2024-01-06,b"], Rows());

        Assert.Equal(0, (await _millrace.RunAsync("state", "rewind", "job.yaml", "--epoch", "1", "--yes")).ExitCode);

        Assert.Equal(["1,2024-01-05,a"], Rows());
        Assert.Equal(1, (int?)(await _millrace.RunAsync("dlq", "list", "job.yaml", "--json")).Json[0]["count"]);
        await _millrace.RunAsync("run", "job.yaml");
        Assert.Equal(1, (int?)(await _millrace.RunAsync("dlq", "replay", "job.yaml", "--all", "--json")).Json[0]["replayed"]);
        Assert.Equal(["1,2024-01-05,a", "2,2024-01-06,b"], Rows());
    }

    [Theory]
    [InlineData("rewind", "--epoch", "1")]
    [InlineData("reset", "--with-rows")]
    public async Task Letters_of_epochs_that_were_taken_back_do_not_wait_since_their_rows_are_read_again(string change, params string[] arguments)
    {
        Write("inbox/a.csv", "id,day,note\n1,2024-01-05,a\n");
        Write("job.yaml", Job);
        await _millrace.RunAsync("run", "job.yaml");
        Write("inbox/b.csv", "id,day,note\n4,2024-01-08,d\n2,06.01.2024,b\n3,07.01.2024,c\n");
        await _millrace.RunAsync("run", "job.yaml");
        Assert.Equal(2, (int?)(await _millrace.RunAsync("dlq", "list", "job.yaml", "--json")).Json[0]["count"]);

        Assert.Equal(0, (await _millrace.RunAsync(["state", change, "job.yaml", .. arguments, "--yes"])).ExitCode);

        JsonNode list = (await _millrace.RunAsync("dlq", "list", "job.yaml", "--json")).Json[0];
        Assert.Equal((0, 2), ((int?)list["count"], (int?)list["rewound"]));
        Assert.Contains("2 letters of epochs that were taken back", (await _millrace.RunAsync("dlq", "list", "job.yaml")).Output, StringComparison.Ordinal);

        // Replayed now, the rows would be there twice after the next run.
        Write("job.yaml", Job.Replace("inbox/*.csv", "inbox/*.csv, format: {name: csv, date_format: \"%d.%m.%Y\"}", StringComparison.Ordinal));
        await _millrace.RunAsync("dlq", "replay", "job.yaml", "--all");
        await _millrace.RunAsync("run", "job.yaml");
        await _millrace.RunAsync("dlq", "replay", "job.yaml", "--all");
        Assert.Equal(["1,2024-01-05,a", "2,2024-01-06,b", "3,2024-01-07,c", "4,2024-01-08,d"], Rows());

        await _millrace.RunAsync("dlq", "purge", "job.yaml");
        Assert.Equal(0, (int?)(await _millrace.RunAsync("dlq", "list", "job.yaml", "--json")).Json[0]["rewound"]);
    }

    [Fact]
    public async Task An_edited_letter_arrives_with_its_new_bytes()
    {
        Write("inbox/a.csv", "id,day,note\n1,2024-01-05,a\n2,2024-02-30,b\n3,never,c\n");
        Write("job.yaml", Job);
        await _millrace.RunAsync("run", "job.yaml");
        Assert.Equal(0, (await _millrace.RunAsync("dlq", "export", "job.yaml", "--to", "bad.jsonl")).ExitCode);
        Write("bad.jsonl", Read("bad.jsonl").Replace("2,2024-02-30,b", "2,2024-02-29,b", StringComparison.Ordinal));

        MillraceResult replay = await _millrace.RunAsync("dlq", "replay", "job.yaml", "--from", "bad.jsonl", "--json");

        Assert.Equal(1, replay.ExitCode);
        Assert.Equal(1, (int?)replay.Json[0]["replayed"]);
        Assert.Equal(1, (int?)replay.Json[0]["failed"]);
        Assert.Equal(["1,2024-01-05,a", "2,2024-02-29,b"], Rows());
        JsonNode left = (await _millrace.RunAsync("dlq", "list", "job.yaml", "--json")).Json[0]["letters"]![0]!;
        Assert.Equal("3,never,c", (string?)left["raw"]);
        Assert.Equal("""{"id":"3","day":"never","note":"c"}""", left["fields"]!.ToJsonString());
        Assert.Equal(2, (int?)left["attempts"]);
        Assert.Equal(4, (int?)left["line"]);
    }

    [Fact]
    public async Task Letters_can_be_shown_chosen_exported_and_purged()
    {
        Write("inbox/a.csv", "id,day,note\n1,2024-01-05,a\n2,2024-02-30,b\n3,2024-01-01\n");
        Write("job.yaml", Job);
        await _millrace.RunAsync("run", "job.yaml");
        JsonNode letter = (await _millrace.RunAsync("dlq", "list", "--code", "MR2004", "--json")).Json[0]["letters"]![0]!;
        string id = (string)letter["id"]!;

        MillraceResult show = await _millrace.RunAsync("dlq", "show", id[..8]);
        MillraceResult table = await _millrace.RunAsync("dlq", "export", "--to", "bad.csv");
        MillraceResult raw = await _millrace.RunAsync("dlq", "export", "--id", id, "--to", "bad.txt", "--raw");
        MillraceResult refused = await _millrace.RunAsync("dlq", "export", "--to", "bad.csv");
        MillraceResult unknown = await _millrace.RunAsync("dlq", "show", "0000");
        MillraceResult purge = await _millrace.RunAsync("dlq", "purge", "--id", id, "--json");

        Assert.Contains("inbox/a.csv:3:3 (column day)", show.Output, StringComparison.Ordinal);
        Assert.Contains("2,2024-02-30,b", show.Output, StringComparison.Ordinal);
        Assert.Equal(0, table.ExitCode);
        Assert.Contains("\"2,2024-02-30,b\"", Read("bad.csv"), StringComparison.Ordinal);
        Assert.Equal(0, raw.ExitCode);
        Assert.Equal("2,2024-02-30,b\n", Read("bad.txt"));
        Assert.Equal(2, refused.ExitCode);
        Assert.StartsWith("error MR4022: ", unknown.Errors, StringComparison.Ordinal);
        Assert.Equal(1, (int?)purge.Json[0]["purged"]);
        Assert.Equal(1, (int?)purge.Json[0]["left"]);
    }

    [Fact]
    public async Task A_target_of_one_file_refuses_a_replay_and_says_what_to_do()
    {
        Write("inbox/a.csv", "id,day,note\n1,2024-02-30,b\n2,2024-02-28,b\n");
        Write("job.yaml", Job.Replace("path: lake/, format: csv", "path: lake.csv", StringComparison.Ordinal).Replace(", mode: incremental", "", StringComparison.Ordinal));
        await _millrace.RunAsync("run", "job.yaml");
        string before = Read("lake.csv");

        MillraceResult replay = await _millrace.RunAsync("dlq", "replay", "job.yaml", "--all");

        Assert.Equal(2, replay.ExitCode);
        Assert.StartsWith("error MR4023: ", replay.Errors, StringComparison.Ordinal);
        Assert.Equal(before, Read("lake.csv"));
    }

    [Fact]
    public async Task Json_rows_and_rows_of_partition_folders_are_replayed_too()
    {
        Write("inbox/day=2024-01-05/a.jsonl", "{\"id\":1,\"note\":\"a\"}\n{\"id\":\"two\",\"note\":\"b\"}\n{\"id\":3}\n");
        Write("job.yaml", """
            name: events
            source: {connector: files, path: "inbox/**/*.jsonl", mode: incremental}
            columns: [{name: id, type: bigint}, {name: day}, {name: note, required: true}]
            target: {connector: files, path: lake/, format: csv}
            failure: dead_letter
            """);
        await _millrace.RunAsync("run", "job.yaml");
        Write("job.yaml", Read("job.yaml").Replace(", required: true", "", StringComparison.Ordinal));
        await _millrace.RunAsync("dlq", "export", "job.yaml", "--to", "bad.jsonl");
        Write("bad.jsonl", Read("bad.jsonl").Replace("\\\"two\\\"", "2", StringComparison.Ordinal));

        MillraceResult replay = await _millrace.RunAsync("dlq", "replay", "job.yaml", "--from", "bad.jsonl", "--json");

        Assert.True(replay.ExitCode == 0, replay.Output);
        Assert.Equal(["1,2024-01-05,a", "2,2024-01-05,b", "3,2024-01-05,"], Rows());
    }

    [Fact]
    public async Task Equal_rows_of_a_parquet_file_are_letters_each_and_are_replayed_from_their_values()
    {
        Write("a.csv", "n,name\n1,x\n300,y\n300,y\n");
        Assert.Equal(0, (await _millrace.RunAsync("copy", "a.csv", "inbox/a.parquet")).ExitCode);
        Write("job.yaml", """
            name: numbers
            source: {connector: files, path: inbox/*.parquet, mode: incremental}
            columns: [{name: n, type: tinyint}, name]
            target: {connector: files, path: lake/, format: csv}
            failure: dead_letter
            """);
        MillraceResult run = await _millrace.RunAsync("run", "job.yaml", "--json");
        Assert.Equal(2, (int?)run.Json[^1]["new_dead_letters"]);
        await _millrace.RunAsync("dlq", "export", "job.yaml", "--to", "bad.jsonl");
        Assert.Equal(2, Read("bad.jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Write("bad.jsonl", Read("bad.jsonl").Replace("\\\"n\\\":300", "\\\"n\\\":30", StringComparison.Ordinal));

        MillraceResult replay = await _millrace.RunAsync("dlq", "replay", "job.yaml", "--from", "bad.jsonl", "--json");

        Assert.True(replay.ExitCode == 0, replay.Output);
        Assert.Equal(["1,x", "30,y", "30,y"], Rows());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Killed_again_and_again_a_replay_still_writes_every_row_once(int seed)
    {
        const int rows = 6000;
        var text = new StringBuilder("id,day,note\n");
        for (int i = 0; i < rows; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i},{(i % 2 == 0 ? "2024-01-05" : "05.01.2024")},n{i}\n");
        }

        Write("inbox/a.csv", text.ToString());
        Write("job.yaml", Job);
        await _millrace.RunAsync("run", "job.yaml");
        Write("job.yaml", Job.Replace("inbox/*.csv", "inbox/*.csv, format: {name: csv, date_format: \"%d.%m.%Y\"}", StringComparison.Ordinal));
        var random = new Random(seed);
        int kills = 0;
        for (int attempt = 0; attempt < 6; attempt++)
        {
            using Process process = _millrace.Start("dlq", "replay", "job.yaml", "--all");
            using var over = new CancellationTokenSource(random.Next(200, 1500));
            try
            {
                await process.WaitForExitAsync(over.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
                kills++;
            }
        }

        MillraceResult last = await _millrace.RunAsync("dlq", "replay", "job.yaml", "--all", "--json");

        Assert.True(last.ExitCode == 0, last.Output);
        Assert.True(kills > 0, "No replay was killed.");
        Assert.Equal(Enumerable.Range(0, rows), Rows().Select(r => int.Parse(r.Split(',')[0], CultureInfo.InvariantCulture)).Order());
        Assert.Equal(0, (int?)(await _millrace.RunAsync("dlq", "list", "job.yaml", "--json")).Json[0]["count"]);
    }

    private string[] Rows() => [.. Directory.GetFiles(Path.Combine(_folder.Path, "lake"), "*.csv").SelectMany(f => File.ReadLines(f).Skip(1)).Order(StringComparer.Ordinal)];

    private string Read(string name) => File.ReadAllText(Path.Combine(_folder.Path, name));

    private void Write(string name, string text)
    {
        string path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
