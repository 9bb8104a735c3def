using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Formats;

namespace Millrace.Connectors.Files;

/// <summary>What was found by looking into files.</summary>
/// <param name="Schema">Columns of all of them together.</param>
/// <param name="IsInferred">Whether types were guessed from samples.</param>
/// <param name="Rows">Rows of all files, if every one says so.</param>
/// <param name="Notes">What was sniffed, for people.</param>
/// <param name="LookedAtAll">Whether no file was left out.</param>
internal sealed record FileSchema(Schema Schema, bool IsInferred, long? Rows, IReadOnlyList<string> Notes, bool LookedAtAll)
{
    /// <summary>Looks into files, several at once, and joins what they hold.</summary>
    /// <param name="files">The files.</param>
    /// <param name="options">How many are looked at.</param>
    /// <param name="opener">Opens them.</param>
    /// <param name="parallelism">How many at once.</param>
    /// <param name="cancellation">Stops the looking.</param>
    /// <param name="gone">Gets the files that are not there any more; null makes an error of them.</param>
    public static async ValueTask<FileSchema> InspectAsync(
        IReadOnlyList<FileEntry> files, FilesSourceOptions options, FileOpener opener, int parallelism, CancellationToken cancellation, HashSet<FileEntry>? gone = null)
    {
        FileEntry[] chosen = Choose(files, options.UnionByName ? options.SchemaFiles : 1);
        var found = new FileInspection?[chosen.Length];
        await Parallel.ForAsync(0, chosen.Length, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, parallelism), CancellationToken = cancellation }, async (i, stop) =>
        {
            try
            {
                found[i] = await InspectAsync(chosen[i], opener, stop).ConfigureAwait(false);
            }
            catch (MillraceException e) when (gone is not null && FilesErrors.IsGone(e))
            {
                lock (gone)
                {
                    gone.Add(chosen[i]);
                }
            }
        }).ConfigureAwait(false);

        var union = new SchemaUnion();
        FileInspection[] inspections = [.. found.OfType<FileInspection>()];
        for (int i = 0; i < chosen.Length; i++)
        {
            if (found[i] is { } file)
            {
                union.Add(file.Schema, chosen[i].Key, file.IsInferred, (column, a, fileA, b, fileB) => FilesErrors.Conflict(column, a.ToString(), fileA, b.ToString(), fileB));
            }
        }

        bool all = chosen.Length == files.Count;
        long? rows = all && Array.TrueForAll(inspections, f => f.Rows is not null) ? inspections.Sum(f => f.Rows!.Value) : null;
        return new FileSchema(union.Build(), Array.Exists(inspections, f => f.IsInferred), rows, [.. inspections.SelectMany(f => f.Notes).Distinct()], all);
    }

    private static async ValueTask<FileInspection> InspectAsync(FileEntry file, FileOpener opener, CancellationToken cancellation)
    {
        OpenFile open = await opener.OpenAsync(file, cancellation).ConfigureAwait(false);
        await using (open.ConfigureAwait(false))
        {
            FileInspection inspection = await open.InspectAsync(cancellation).ConfigureAwait(false);

            // Only what the union needs is kept: footers of many files would fill the memory.
            return new FileInspection { Schema = inspection.Schema, Options = inspection.Options, IsInferred = inspection.IsInferred, Rows = inspection.Rows, Notes = [open.Format.Name, .. inspection.Notes] };
        }
    }

    // The first, the last and evenly spaced ones between.
    private static FileEntry[] Choose(IReadOnlyList<FileEntry> files, int most)
    {
        if (most == 0 || files.Count <= most)
        {
            return [.. files];
        }

        return most == 1 ? [files[0]] : [.. Enumerable.Range(0, most).Select(i => files[(int)((long)i * (files.Count - 1) / (most - 1))])];
    }
}
