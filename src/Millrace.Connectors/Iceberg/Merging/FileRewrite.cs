using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Writes data files anew without their dead rows.</summary>
internal static class FileRewrite
{
    /// <param name="scan">Reads all columns.</param>
    /// <param name="file">The file.</param>
    /// <param name="target">Takes the rows that stay.</param>
    /// <param name="cancellation">Stops the copying.</param>
    public static async ValueTask CopyLiveAsync(MergeScan scan, MergedFile file, DataFileSet target, CancellationToken cancellation)
    {
        await foreach (NumberedRows read in scan.ReadAsync(file, cancellation).ConfigureAwait(false))
        {
            using (read)
            {
                int[] kept = [.. Enumerable.Range(0, read.Rows.Length).Where(r => !file.Dead[read.Numbers.Values[r]])];
                if (kept.Length == read.Rows.Length)
                {
                    await target.WriteAsync(read.Rows, cancellation).ConfigureAwait(false);
                }
                else if (kept.Length > 0)
                {
                    using RecordBatch rows = Take.Rows(read.Rows, kept);
                    await target.WriteAsync(rows, cancellation).ConfigureAwait(false);
                }
            }
        }
    }
}
