using System.Text.Json.Nodes;
using Millrace.Sdk;
using Xunit;

namespace Millrace.TestKit;

/// <summary>A batch as texts, and the position behind it.</summary>
/// <param name="Rows">Each row as <see cref="ColumnText.Row"/> gives it.</param>
/// <param name="Position">The position behind the last row.</param>
public sealed record BatchText(IReadOnlyList<string> Rows, Position Position);

/// <summary>Reads plans into texts that can be compared.</summary>
public static class PlanReading
{
    public static async Task<IReadOnlyList<Split>> SplitsAsync(IReadPlan plan, CancellationToken cancellation = default)
    {
        var splits = new List<Split>();
        await foreach (Split split in plan.SplitsAsync(cancellation))
        {
            splits.Add(split);
        }

        return splits;
    }

    /// <summary>All batches of a split from a position on.</summary>
    public static async Task<IReadOnlyList<BatchText>> ReadAsync(IReadPlan plan, Split split, Position? from = null, int most = int.MaxValue, CancellationToken cancellation = default)
    {
        var batches = new List<BatchText>();
        await using ISplitReader reader = await plan.OpenAsync(split, from, FailOnRowError.Instance, cancellation);
        while (batches.Count < most && await reader.ReadAsync(cancellation) is { } read)
        {
            using RecordBatch batch = read.Batch;
            Assert.True(batch.Length > 0, "A batch has at least one row.");
            Assert.Equal(plan.Schema, batch.Schema);
            batches.Add(new BatchText(ColumnText.Rows(batch), read.Position));
        }

        return batches;
    }

    /// <summary>All rows of all splits, one split after the other.</summary>
    public static async Task<IReadOnlyList<string>> ReadAllAsync(IReadPlan plan, CancellationToken cancellation = default)
    {
        var rows = new List<string>();
        foreach (Split split in await SplitsAsync(plan, cancellation))
        {
            rows.AddRange((await ReadAsync(plan, split, cancellation: cancellation)).SelectMany(b => b.Rows));
        }

        return rows;
    }

    /// <summary>A position as it comes back from a checkpoint that was stored.</summary>
    public static Position Stored(Position position) => new(JsonNode.Parse(position.Value.ToJsonString())!.AsObject());

    /// <summary>Asserts that two collections hold the same rows equally often, in any order.</summary>
    public static void AssertSameRows(IEnumerable<string> expected, IEnumerable<string> actual)
        => Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
}
