using Millrace.Sql.Tests.Streaming;

namespace Millrace.Cli.Tests.Sql;

/// <summary>
/// The queries of Nexmark over streams of its events: however the rows come, whatever is restarted, the folded changes are
/// what DuckDB gives for all rows at once. See <see cref="NexmarkStreams.Variable"/>.
/// </summary>
[Trait("Category", "Oracle")]
public sealed class NexmarkStreamTests(NexmarkStreams streams) : IClassFixture<NexmarkStreams>
{
    private const int FewEvents = 400;
    private const int SomeEvents = 2_000;
    private const int ManyEvents = 20_000;

    public static TheoryData<string, int, int, bool, bool> Variants
    {
        get
        {
            var data = new TheoryData<string, int, int, bool, bool>();
            foreach (string query in NexmarkEngines.Queries)
            {
                if (!NexmarkStreams.RunsAll)
                {
                    data.Add(query, 32, 3, true, true);
                    continue;
                }

                foreach (int batch in (int[])[1, 32, 8192])
                {
                    foreach (int lanes in (int[])[1, 3])
                    {
                        data.Add(query, batch, lanes, false, false);
                        data.Add(query, batch, lanes, true, false);
                        data.Add(query, batch, lanes, false, true);
                        data.Add(query, batch, lanes, true, true);
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task A_stream_of_events_gives_what_DuckDb_gives(string query, int batch, int lanes, bool restarts, bool shuffled)
    {
        int events = !NexmarkStreams.RunsAll ? SomeEvents : batch == 1 ? FewEvents : ManyEvents;
        string[] expected = streams.DuckDb(query, events);
        var variant = new StreamVariant(batch, lanes) { Restarts = restarts ? batch + lanes : null, Splits = lanes };
        string[] found = await streams.RunAsync(query, events, variant, shuffled ? 7 : null);
        string? difference = LogicRows.Difference(expected, found, sorted: true);
        Assert.True(difference is null, difference);
    }
}
