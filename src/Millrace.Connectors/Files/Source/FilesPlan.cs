using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Formats;
using Millrace.Sdk;

namespace Millrace.Connectors.Files;

/// <summary>How a set of files is read. Large files of formats that allow it become several splits, others one each.</summary>
internal sealed class FilesPlan(
    IReadOnlyList<FileWork> work,
    FileSchema files,
    PlanColumns columns,
    HiveColumns hive,
    bool prunesAll,
    FilesSourceOptions options,
    FileOpener opener,
    ReadRequest request) : IReadPlan
{
    public Schema Schema => columns.Schema;

    public bool IsInferred => files.IsInferred;

    public Pushdown Pushdown { get; } = new() { Projection = true, Predicates = prunesAll };

    public long? Bytes => work.Sum(w => w.File.Size - w.Start);

    public long? Rows => work.All(w => w.Start == 0) ? files.Rows : null;

    public DateTimeOffset? NewestInput => work.Count == 0 ? null : work.Max(w => w.File.Info.Modified);

    public IReadOnlyCollection<string> Forgotten { get; init; } = [];

    public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (FileWork file in work)
        {
            if (file.File.Size - file.Start <= request.SplitBytes && file.Resumed is null)
            {
                // Opening is left to the lanes: with many small files it is most of the work.
                yield return new FileSplit
                {
                    Id = file.Start == 0 ? file.File.Key : $"{file.File.Key}@{file.Start}",
                    Key = file.File.Key,
                    EndPosition = file.End.ToPosition(),
                    Bytes = file.File.Size - file.Start,
                    Work = file,
                    Range = new FileRange(file.Start, long.MaxValue, file.Start == 0 ? 0 : -1),
                };
                continue;
            }

            await foreach (FileSplit split in CutAsync(file, cancellation).ConfigureAwait(false))
            {
                yield return split;
            }
        }
    }

    public async ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
    {
        var part = (FileSplit)split;
        OpenFile open = await opener.OpenAsync(part.Work.File, cancellation).ConfigureAwait(false);
        try
        {
            FileInspection inspection = part.Inspection ?? await open.Format.InspectAsync(open.Source, open.Options, cancellation).ConfigureAwait(false);
            CheckColumns(inspection.Schema, part.Work.File);
            return FileSplitReader.Open(part, open, inspection, columns, hive, request, errors, part.ResumeAt(from));
        }
        catch
        {
            await open.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async IAsyncEnumerable<FileSplit> CutAsync(FileWork file, [EnumeratorCancellation] CancellationToken cancellation)
    {
        OpenFile open = await opener.OpenAsync(file.File, cancellation).ConfigureAwait(false);
        await using (open.ConfigureAwait(false))
        {
            FileInspection inspection = await open.Format.InspectAsync(open.Source, open.Options, cancellation).ConfigureAwait(false);
            FileSplit? last = null;
            await foreach (FileRange range in open.Format.PlanAsync(open.Source, inspection, request.SplitBytes, cancellation).ConfigureAwait(false))
            {
                if (range.End <= file.Start || range.Length == 0)
                {
                    continue;
                }

                // A file that grew is entered where it ended before, which is the start of a row.
                FileRange rest = file.Resumed is null && range.Start < file.Start ? new FileRange(file.Start, range.End) : range;
                if (last is not null)
                {
                    yield return last with { EndsKey = false, EndPosition = file.At(last.Range.End, 0).ToPosition() };
                }

                last = new FileSplit
                {
                    Id = $"{file.File.Key}@{rest.Start}",
                    Key = file.File.Key,
                    EndPosition = file.End.ToPosition(),
                    Bytes = Math.Min(rest.End, file.File.Size) - rest.Start,
                    Work = file,
                    Range = rest,
                    Inspection = inspection,
                };
            }

            if (last is not null)
            {
                yield return last;
            }
        }
    }

    private void CheckColumns(Schema found, FileEntry file)
    {
        if (!options.UnionByName && files.Schema.Fields.FirstOrDefault(f => found.IndexOf(f.Name) < 0) is { } lacking)
        {
            throw FilesErrors.Lacks(lacking.Name, file.Key, work[0].File.Key);
        }

        // Asked for by name, the columns are what they are; otherwise no column may be dropped in silence.
        if (request.Columns is null && !files.LookedAtAll && options.UnionByName
            && found.Fields.FirstOrDefault(f => files.Schema.IndexOf(f.Name) < 0) is { } extra)
        {
            throw FilesErrors.Appeared(extra.Name, file.Key);
        }
    }
}
