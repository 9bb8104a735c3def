using System.Globalization;
using Millrace.Runtime.Tests.Epochs;
using Millrace.Sdk;
using Millrace.TestKit;

namespace Millrace.Runtime.Tests.Streaming;

/// <summary>A query that is interrupted at any step, of its source, its state or its target, and started again, gives its answer once.</summary>
[Trait("speed", "slow")]
public sealed class StreamGuaranteeTests
{
    private const int Rows = 24;

    [Theory]
    [InlineData("rows")]
    [InlineData("aggregate")]
    [InlineData("join")]
    public async Task A_query_gives_its_answer_once_wherever_it_is_interrupted(string kind)
    {
        (string text, IReadOnlyList<string> expected) = Case(kind);
        FaultPlan current = FaultPlan.None();
        ProofReport report = await GuaranteeProof.RunAsync(
            () => New(expected, plan => current = plan),
            Options(text, () => current) with { Kinds = [FaultKind.Crash, FaultKind.Error] });
        Assert.Equal(DeliveryGuarantee.ExactlyOnce, report.Guarantee);
        Assert.True(report.Steps > 50, $"{report.Steps} steps");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind}: {report.Cases} cases, {report.Faults} faults at {report.Steps} steps"));
    }

    [Fact]
    public Task A_query_that_is_interrupted_leaks_nothing() => LeakCheck.RunAsync(async () =>
    {
        (string text, IReadOnlyList<string> expected) = Case("join");
        FaultPlan current = FaultPlan.None();
        await GuaranteeProof.RunAsync(() => New(expected, plan => current = plan), Options(text, () => current) with { Stride = 5, RandomCases = 5 });
    });

    private static (string Text, IReadOnlyList<string> Expected) Case(string kind) => kind switch
    {
        "rows" => ("SELECT id, name FROM s WHERE id >= 0", [.. Enumerable.Range(0, Rows).Select(i => $$"""{"id":{{i}},"name":"row {{i}}"}""")]),
        "aggregate" => ("SELECT id % 3 AS k, count(*) AS n, max(id) AS m FROM s GROUP BY id % 3 EMIT FINAL", [.. Enumerable.Range(0, 3).Select(k => $$"""{"k":{{k}},"n":8,"m":{{21 + k}}}""")]),
        _ => ("SELECT a.id AS x, b.id AS y FROM s AS a JOIN s AS b ON b.id = a.id + 1", [.. Enumerable.Range(0, Rows - 1).Select(i => $$"""{"x":{{i}},"y":{{i + 1}}}""")]),
    };

    private static ProofTarget New(IReadOnlyList<string> expected, Action<FaultPlan> use)
    {
        var target = new MemoryTarget();
        return new ProofTarget
        {
            Connector = plan =>
            {
                use(plan);
                return new MemoryConnector(target, plan);
            },
            Options = new NoOptions(),
            ReadBack = () => Task.FromResult(target.Rows),
            Expected = expected,
        };
    }

    private static ProofOptions Options(string text, Func<FaultPlan> plan) => new()
    {
        Rows = Rows,
        EpochRows = 9,
        RandomCases = 10,
        Shape = pipeline => StreamHarness.Query(pipeline, text) with { OpenStates = store => new FaultyStore(store, plan()) },
    };
}
