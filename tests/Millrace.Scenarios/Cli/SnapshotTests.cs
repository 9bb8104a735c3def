namespace Millrace.Scenarios.Cli;

/// <summary>A whole source is compared with what a table has.</summary>
[Trait("speed", "slow")]
public sealed class SnapshotTests : IDisposable
{
    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _database;
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly MillraceProcess _millrace;

    public SnapshotTests()
    {
        _database = _server.NewDatabase();
        _millrace = new MillraceProcess(_folder.Path);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_table_follows_a_file_with_its_deletes_or_its_history()
    {
        foreach (string rows in new[] { "1,a\n2,b\n", "1,A\n3,c\n" })
        {
            _folder.Write("rows.csv", "id,v\n" + rows);
            foreach (string mode in new[] { "snapshot_diff", "scd2" })
            {
                MillraceResult result = await _millrace.RunAsync("copy", "rows.csv", $"{_server.Location(_database)}?stream=public.{mode}", "--write", mode, "--key", "id");
                Assert.True(result.ExitCode == 0, result.Errors);
            }
        }

        Assert.Equal("1|A\n3|c", _server.Sql(_database, "SELECT * FROM public.snapshot_diff ORDER BY id"));
        Assert.Equal("1|a|f\n1|A|t\n2|b|f\n3|c|t", _server.Sql(_database, "SELECT id, v, _is_current FROM public.scd2 ORDER BY id, _valid_from"));
    }

    [Theory]
    [InlineData("--limit", "1")]
    [InlineData("--on-error", "dead_letter")]
    public async Task What_is_only_a_part_is_refused_before_anything_is_removed(params string[] options)
    {
        _folder.Write("rows.csv", "id,v\n1,a\n2,b\n");
        string[] copy = ["copy", "rows.csv", $"{_server.Location(_database)}?stream=public.t", "--write", "snapshot_diff", "--key", "id"];
        Assert.Equal(0, (await _millrace.RunAsync(copy)).ExitCode);
        MillraceResult result = await _millrace.RunAsync([.. copy, .. options]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("MR4014", result.Errors, StringComparison.Ordinal);
        Assert.Equal("2", _server.Sql(_database, "SELECT count(*) FROM public.t"));
    }
}
