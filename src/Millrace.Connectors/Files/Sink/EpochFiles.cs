using System.Globalization;
using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>When a file is closed and the next one begun.</summary>
/// <param name="Bytes">Size, about.</param>
/// <param name="Rows">Most rows.</param>
/// <param name="Age">How long it stays open.</param>
/// <param name="OpenFiles">Most files that are open at once.</param>
internal sealed record RotationLimits(long Bytes, long Rows, TimeSpan Age, int OpenFiles);

/// <summary>
/// The files of one epoch: those that are open, one a partition, and those that are complete and wait for the commit. When
/// too many are open the one used least recently is completed.
/// </summary>
/// <param name="store">The dataset.</param>
/// <param name="job">The job's folder.</param>
/// <param name="prefix">Start of the files' names, which no other epoch has.</param>
/// <param name="format">What they are written in.</param>
/// <param name="schema">Columns of the files.</param>
/// <param name="limits">How large they grow.</param>
/// <param name="time">Clock.</param>
internal sealed class EpochFiles(IObjectStore store, string job, string prefix, OutputFormat format, Schema schema, RotationLimits limits, TimeProvider time) : IAsyncDisposable
{
    // What all open files together may hold in memory.
    private const long MaxBuffered = 16 << 20;

    private readonly Dictionary<string, OpenPart> _open = new(StringComparer.Ordinal);
    private readonly Publisher<CommittedFile> _publisher = new();
    private readonly List<CommittedFile> _complete = [];
    private long _clock;
    private long _buffered;
    private int _next;

    /// <summary>Complete files that are published, in the order in which they were completed; all of them after <see cref="CompleteAllAsync"/>.</summary>
    public IReadOnlyList<CommittedFile> Complete => _complete;

    public bool IsOpen(string partition) => _open.ContainsKey(partition);

    /// <summary>Whether rows of a partition can be written without closing the file of another.</summary>
    public bool IsOpenOrMayBe(string partition) => _open.Count < limits.OpenFiles || IsOpen(partition);

    /// <param name="partition">Folder of the rows, its slash at the end; empty for none.</param>
    /// <param name="batch">Rows, borrowed.</param>
    /// <param name="cancellation">Stops the writing.</param>
    public async ValueTask WriteAsync(string partition, RecordBatch batch, CancellationToken cancellation)
    {
        int done = 0;
        while (done < batch.Length)
        {
            OpenPart part = _open.TryGetValue(partition, out OpenPart? found) ? found : await OpenAsync(partition, cancellation).ConfigureAwait(false);
            part.LastUsed = ++_clock;
            int count = (int)Math.Min(batch.Length - done, limits.Rows - part.File.Rows);
            using (RecordBatch rows = batch.Slice(done, count))
            {
                await part.File.WriteAsync(rows, cancellation).ConfigureAwait(false);
            }

            done += count;
            _buffered += part.File.BufferedBytes - part.Buffered;
            part.Buffered = part.File.BufferedBytes;
            if (part.File.Rows >= limits.Rows || part.File.EstimatedBytes >= limits.Bytes || time.GetElapsedTime(part.Opened) >= limits.Age)
            {
                await CompleteAsync(partition, part, cancellation).ConfigureAwait(false);
            }
            else if (_buffered > MaxBuffered)
            {
                await FlushLargestAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Completes all files that are open.</summary>
    public async ValueTask CompleteAllAsync(CancellationToken cancellation)
    {
        foreach ((string partition, OpenPart part) in _open.OrderBy(p => p.Key, StringComparer.Ordinal).ToList())
        {
            await CompleteAsync(partition, part, cancellation).ConfigureAwait(false);
        }

        _complete.AddRange(await _publisher.FinishAsync().ConfigureAwait(false));
    }

    /// <summary>Removes complete files that will not be committed.</summary>
    public async ValueTask DropCompleteAsync(CancellationToken cancellation)
    {
        _complete.AddRange(await _publisher.SettleAsync().ConfigureAwait(false));
        await store.DeleteAllAsync(_complete.Select(f => f.Staged), cancellation).ConfigureAwait(false);
        _complete.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        _complete.AddRange(await _publisher.SettleAsync().ConfigureAwait(false));
        foreach (OpenPart part in _open.Values)
        {
            await part.File.DisposeAsync().ConfigureAwait(false);
        }

        _open.Clear();
        _buffered = 0;
    }

    private async ValueTask<OpenPart> OpenAsync(string partition, CancellationToken cancellation)
    {
        if (_open.Count >= limits.OpenFiles)
        {
            (string oldest, OpenPart used) = _open.MinBy(p => p.Value.LastUsed);
            await CompleteAsync(oldest, used, cancellation).ConfigureAwait(false);
        }

        string file = string.Create(CultureInfo.InvariantCulture, $"{prefix}{_next++:D4}{format.Ending}");
        string name = partition + file;
        OutputFile output = await OutputFile.CreateAsync(store, DatasetFolders.Staged(job, file), store.Describe(name), format, schema, cancellation).ConfigureAwait(false);
        return _open[partition] = new OpenPart(name, output, time.GetTimestamp());
    }

    private async ValueTask FlushLargestAsync(CancellationToken cancellation)
    {
        OpenPart largest = _open.Values.MaxBy(p => p.Buffered)!;
        await largest.File.FlushAsync(cancellation).ConfigureAwait(false);
        _buffered += largest.File.BufferedBytes - largest.Buffered;
        largest.Buffered = largest.File.BufferedBytes;
    }

    private async ValueTask CompleteAsync(string partition, OpenPart part, CancellationToken cancellation)
    {
        OutputFile file = part.File;
        await file.EndAsync(cancellation).ConfigureAwait(false);
        _open.Remove(partition);
        _buffered -= part.Buffered;
        await _publisher.AddAsync(async () =>
        {
            await using (file.ConfigureAwait(false))
            {
                ObjectInfo info = await file.PublishAsync(PutCondition.IfAbsent, cancellation).ConfigureAwait(false);
                return new CommittedFile(part.Name, info.Name, file.Rows, info.Size);
            }
        }).ConfigureAwait(false);
    }

    private sealed class OpenPart(string name, OutputFile file, long opened)
    {
        public string Name => name;

        public OutputFile File => file;

        /// <summary>Timestamp of the clock.</summary>
        public long Opened => opened;

        public long LastUsed { get; set; }

        /// <summary>What the file held in memory after the last rows.</summary>
        public long Buffered { get; set; }
    }
}
