namespace Millrace.Cli.Tests.Sql;

/// <summary>The queries of Nexmark over files of its events give what DuckDB gives.</summary>
[Trait("Category", "Oracle")]
public sealed class NexmarkTests(NexmarkEngines engines) : IClassFixture<NexmarkEngines>
{
    public static TheoryData<string> Queries => [.. NexmarkEngines.Queries];

    [Theory]
    [MemberData(nameof(Queries))]
    public Task One_lane_gives_what_DuckDb_gives(string query) => CompareAsync(query, 1);

    [Theory]
    [MemberData(nameof(Queries))]
    public Task Three_lanes_give_what_DuckDb_gives(string query) => CompareAsync(query, 3);

    private async Task CompareAsync(string query, int lanes)
    {
        string[] expected = engines.DuckDb(query);
        Assert.NotEmpty(expected);
        string[] found = [.. await LogicTests.RowsAsync(await engines.SessionAsync(lanes), NexmarkEngines.Sql(query))];
        Array.Sort(found, StringComparer.Ordinal);
        string? difference = LogicRows.Difference(expected, found, sorted: false);
        Assert.True(difference is null, difference);
    }
}
