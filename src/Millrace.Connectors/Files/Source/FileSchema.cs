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
    public static async ValueTask<FileSchema> InspectAsync(IReadOnlyList<FileEntry> files, FilesSourceOptions options, FileOpener opener, int parallelism, CancellationToken cancellation)
    {
        FileEntry[] chosen = Choose(files, options.UnionByName ? options.SchemaFiles : 1);
        var found = new FileInspection[chosen.Length];
        await Parallel.ForAsync(0, chosen.Length, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, parallelism), CancellationToken = cancellation }, async (i, stop) =>
        {
            OpenFile open = await opener.OpenAsync(chosen[i], stop).ConfigureAwait(false);
            await using (open.ConfigureAwait(false))
            {
                FileInspection inspection = await open.Format.InspectAsync(open.Source, open.Options, stop).ConfigureAwait(false);

                // Only what the union needs is kept: footers of many files would fill the memory.
                found[i] = new FileInspection { Schema = inspection.Schema, Options = inspection.Options, IsInferred = inspection.IsInferred, Rows = inspection.Rows, Notes = [open.Format.Name, .. inspection.Notes] };
            }
        }).ConfigureAwait(false);

        var union = new SchemaUnion();
        for (int i = 0; i < chosen.Length; i++)
        {
            union.Add(found[i].Schema, chosen[i].Key, found[i].IsInferred, (column, a, fileA, b, fileB) => FilesErrors.Conflict(column, a.ToString(), fileA, b.ToString(), fileB));
        }

        bool all = chosen.Length == files.Count;
        long? rows = all && Array.TrueForAll(found, f => f.Rows is not null) ? found.Sum(f => f.Rows!.Value) : null;
        return new FileSchema(union.Build(), Array.Exists(found, f => f.IsInferred), rows, [.. found.SelectMany(f => f.Notes).Distinct()], all);
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
