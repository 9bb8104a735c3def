using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>Rows of a table whose keys did not come: they are removed, marked, or their versions are over. One thread uses it.</summary>
/// <param name="rules">Which of it.</param>
/// <param name="written">Takes rows that are written anew with other marks.</param>
/// <param name="now">When it was found.</param>
internal sealed class MissingRows(MergeRules rules, DataFileSet written, DateTimeOffset now)
{
    /// <summary>Rows that were found to be gone.</summary>
    public long Removed { get; private set; }

    public static bool IsTrue(Column column, int row) => !column.IsNull(row) && ((BooleanColumn)column).Values[row];

    /// <summary>Deals with the rows that are not <see cref="MergedFile.Seen"/>.</summary>
    /// <param name="scan">Reads the columns that are needed; taken over.</param>
    /// <param name="files">The files.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public async ValueTask RemoveAsync(MergeScan scan, IEnumerable<MergedFile> files, CancellationToken cancellation)
    {
        using (scan)
        {
            foreach (MergedFile file in files.Where(f => rules.MarksMissing || f.Seen.Count + f.Dead.Count < f.File.Rows))
            {
                await foreach (NumberedRows read in scan.ReadAsync(file, cancellation).ConfigureAwait(false))
                {
                    using (read)
                    {
                        await RemoveAsync(read, cancellation).ConfigureAwait(false);
                    }
                }
            }
        }
    }

    /// <summary>Ends every version that holds.</summary>
    public async ValueTask CloseAllAsync(MergeScan scan, IEnumerable<MergedFile> files, CancellationToken cancellation)
    {
        using (scan)
        {
            foreach (MergedFile file in files)
            {
                await foreach (NumberedRows read in scan.ReadAsync(file, cancellation).ConfigureAwait(false))
                {
                    using (read)
                    {
                        int[] rows = Rows(read, r => IsTrue(read.Rows[HistoryColumns.IsCurrent], r));
                        await AlterAsync(read, rows, b => Altered.Close(b, now), cancellation).ConfigureAwait(false);
                    }
                }
            }
        }
    }

    private async ValueTask RemoveAsync(NumberedRows read, CancellationToken cancellation)
    {
        MergedFile file = read.File;
        if (rules.KeepsVersions)
        {
            Column current = read.Rows[HistoryColumns.IsCurrent];
            int[] over = Rows(read, r => IsTrue(current, r) && !file.Seen[read.Numbers.Values[r]]);
            Removed += over.Length;
            await AlterAsync(read, over, b => Altered.Close(b, now), cancellation).ConfigureAwait(false);
            return;
        }

        if (rules.MarksMissing)
        {
            Column mark = read.Rows[HistoryColumns.DeletedAt];
            int[] gone = Rows(read, r => mark.IsNull(r) && !file.Seen[read.Numbers.Values[r]]);
            int[] back = Rows(read, r => !mark.IsNull(r) && file.Seen[read.Numbers.Values[r]]);
            Removed += gone.Length;
            await AlterAsync(read, gone, b => Altered.Mark(b, now), cancellation).ConfigureAwait(false);
            await AlterAsync(read, back, b => Altered.Mark(b, null), cancellation).ConfigureAwait(false);
            return;
        }

        int[] removed = Rows(read, r => !file.Seen[read.Numbers.Values[r]]);
        Removed += removed.Length;
        Kill(read, removed);
    }

    private async ValueTask AlterAsync(NumberedRows read, int[] rows, Func<RecordBatch, RecordBatch> alter, CancellationToken cancellation)
    {
        if (rows.Length > 0)
        {
            Kill(read, rows);
            using RecordBatch before = Take.Rows(read.Rows, rows);
            using RecordBatch after = alter(before);
            await written.WriteAsync(after, cancellation).ConfigureAwait(false);
        }
    }

    private static int[] Rows(NumberedRows read, Func<int, bool> isWanted)
        => [.. Enumerable.Range(0, read.Rows.Length).Where(r => !read.File.Dead[read.Numbers.Values[r]] && isWanted(r))];

    private static void Kill(NumberedRows read, int[] rows)
    {
        foreach (int row in rows)
        {
            read.File.Dead.Set(read.Numbers.Values[row]);
        }
    }
}
