using System.Runtime.InteropServices;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <content>The best rows of each key, without their ranks: what is kept is the result, and only rows that come or go are looked at.</content>
internal sealed partial class PartitionOperator
{
    private async ValueTask ApplyBestAsync(RecordBatch rows, long now, CancellationToken cancellation)
    {
        int[] keys = FindKeys(rows);
        int[] dirty = [.. keys.Distinct()];
        int firstNew = _rows.Add(rows, keys, default, now)[0];
        Use(dirty, now);
        List<int> numbers = NumbersOf(dirty);
        var kept = new Dictionary<int, int>();
        using var difference = new RowBag(_stage.Schema);
        QueryContext context = _faults.Begin(_context.Query, silent: false);
        RecordBatch numbered = WithNumbers(_rows.Take(CollectionsMarshal.AsSpan(numbers)), numbers);
        foreach (RecordBatch batch in await _stage.Plan.RunAsync([[numbered]], context, cancellation).ConfigureAwait(false))
        {
            using (batch)
            {
                AddTurned(batch, firstNew, kept, difference);
            }
        }

        // Rows beyond the bound never come back, and those that have no rank never had one.
        Prune(numbers, kept);
        Emit(difference);
    }

    // New rows within the bound and old ones that are not any more.
    private void AddTurned(RecordBatch made, int firstNew, Dictionary<int, int> kept, RowBag difference)
    {
        int width = _stage.Schema.Count;
        ReadOnlySpan<long> numbers = ((FixedColumn<long>)made[width]).Values;
        var within = (BooleanColumn)made[width + 1];
        var rows = new List<int>();
        var weights = new List<long>();
        for (int i = 0; i < numbers.Length; i++)
        {
            bool isNew = numbers[i] >= firstNew;
            bool isWithin = within.Values[i];
            if (isWithin)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(kept, (int)numbers[i], out _)++;
            }

            if (isNew == isWithin)
            {
                rows.Add(i);
                weights.Add(isNew ? 1 : -1);
            }
        }

        using RecordBatch turned = Take.Rows(made, CollectionsMarshal.AsSpan(rows));
        using var result = new RecordBatch(_stage.Schema, turned.Length, [.. turned.Columns.Take(width).Select(c => c.Share())]);
        difference.Add(result, CollectionsMarshal.AsSpan(weights));
    }
}
