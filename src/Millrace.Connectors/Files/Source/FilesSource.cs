using System.Runtime.CompilerServices;
using Millrace.Formats;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>Reads files of this machine. Each entry of <c>path</c> is a stream; without a choice they are read as one.</summary>
internal sealed class FilesSource : ISource, IReplaySource
{
    private readonly FilesSourceOptions _options;
    private readonly ConnectorContext _context;
    private readonly FileOpener _opener;
    private readonly FileFinder _finder;
    private readonly FormatRegistry _formats;
    private readonly ArrivingFiles _arriving;
    private readonly SourceWatch _watch;
    private readonly StorePool _stores;

    // What a look without news has found in the last file: a run that follows looks every second.
    private (string Key, ObjectInfo Info, FileSchema Schema)? _idle;

    // The plan of the last look, without its files; null for one that found something to read.
    private Func<ReadRequest, IReadPlan>? _same;
    private bool _hasMore;

    public FilesSource(FilesSourceOptions options, ConnectorContext context, FormatRegistry formats, PipeCopies pipes)
    {
        _options = options;
        _context = context;
        _formats = formats;
        _arriving = new ArrivingFiles(options, context);
        _stores = new StorePool(options.Stores);
        _watch = new SourceWatch(options, context.Time);
        _opener = new FileOpener(options, formats, [], new RecentInspections());
        _finder = new FileFinder(options, formats, context, pipes, _stores);
    }

    /// <summary>Standard input and pipes pass by once.</summary>
    public bool CanReplay => !_options.Path.Any(p => p is PipeCopies.StandardInput or "/dev/stdin" || LocalPipe.IsPipe(Path.Combine(_context.BaseDirectory, p)));

    public async ValueTask<CheckReport> CheckAsync(CancellationToken cancellation)
    {
        var findings = new List<CheckFinding>();
        foreach (string path in _options.Path)
        {
            string subject = $"read {path}";
            try
            {
                List<FileEntry> files = await _finder.FindAsync([Parse(path)], cancellation).ConfigureAwait(false);
                findings.Add(CheckFinding.Pass(subject, $"{files.Count} {(files.Count == 1 ? "file" : "files")}, {files.Sum(f => f.Size)} bytes"));
                if (files.Count > 0)
                {
                    findings.Add(await CheckFileAsync(files[0], cancellation).ConfigureAwait(false));
                }
            }
            catch (MillraceException e)
            {
                findings.Add(CheckFinding.Fail(subject, e));
            }
        }

        return new CheckReport(findings);
    }

    public async IAsyncEnumerable<StreamDescription> DiscoverAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (string path in _options.Path)
        {
            List<FileEntry> files = await _finder.FindAsync([Parse(path)], cancellation).ConfigureAwait(false);
            if (files.Count == 0)
            {
                continue;
            }

            HiveColumns hive = HiveColumns.Find(files, _options.HivePartitions);
            FileSchema schema = await InspectAsync(files, _opener, cancellation).ConfigureAwait(false);
            yield return new StreamDescription
            {
                Name = path,
                Schema = PlanColumns.Offer(schema, hive, _options.FileColumn),
                Rows = schema.Rows,
                RowsExact = schema.Rows is not null,
                Bytes = files.Sum(f => f.Size),
                Notes = [files.Count == 1 ? "1 file" : $"{files.Count} files", .. schema.Notes],
            };
        }
    }

    public async ValueTask<IReadPlan> PlanAsync(ReadRequest request, CancellationToken cancellation)
    {
        List<PathPattern> paths = [.. Streams(request.Stream).Select(Parse)];
        if (!request.Follows)
        {
            return await LookAsync(paths, request, cancellation).ConfigureAwait(false);
        }

        if (_same is { } same && _watch.IsQuiet())
        {
            return same(request);
        }

        _watch.BeginLook(paths);
        _same = null;
        _hasMore = false;
        return await LookAsync(paths, request, cancellation).ConfigureAwait(false);
    }

    public async ValueTask ChangedAsync(CancellationToken cancellation)
    {
        if (!_hasMore)
        {
            await _watch.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    public ValueTask<IReplayPlan> PlanReplayAsync(ReadRequest request, IReadOnlyCollection<ReplayOrigin> origins, CancellationToken cancellation)
        => new(FilesReplayPlan.Create(request, origins, _options, _formats));

    public ValueTask DisposeAsync()
    {
        _watch.Dispose();
        return _stores.DisposeAsync();
    }

    private async ValueTask<IReadPlan> LookAsync(List<PathPattern> paths, ReadRequest request, CancellationToken cancellation)
    {
        List<FileEntry> all = await _finder.FindAsync(paths, cancellation, request.Follows).ConfigureAwait(false);
        if (all.Count == 0 && request.Follows)
        {
            return NothingYet(paths, all);
        }

        FileOpener opener = _opener.For(request.Columns);
        HiveColumns hive = HiveColumns.Find(all, _options.HivePartitions);
        var pruning = new PartitionPruning(hive, request.Predicates);
        var unfinished = new UnfinishedRows(_options, opener, _context.Time, _context.Note);
        var history = new FileHistory(_options, opener, request, _arriving, unfinished, _context.Note);
        List<FileWork> work = await history.SelectAsync(all.FindAll(pruning.Keeps), cancellation).ConfigureAwait(false);
        _hasMore = history.HasMore;

        // With nothing new to read the plan still has a schema: that of the last file.
        FileEntry? any = request.Follows ? history.LastReadable : all.LastOrDefault();
        if (request.Follows && any is null)
        {
            return NothingYet(paths, all, unfinished.IsWaiting);
        }

        IReadOnlyList<FileEntry> looked = work.Count > 0 ? [.. work.Select(w => w.File)] : any is not null ? [any] : [];
        bool isKnown = request.Follows && work.Count == 0 && _idle is { } idle && idle.Key == any!.Key && idle.Info == any.Info;
        HashSet<FileEntry>? gone = request.Follows ? [] : null;
        FileSchema schema = isKnown ? _idle!.Value.Schema : await FileSchema.InspectAsync(looked, _options, opener, _context.Parallelism, cancellation, gone).ConfigureAwait(false);
        if (gone?.Count > 0)
        {
            _watch.LookAgain();
            work.RemoveAll(w => gone.Contains(w.File));
            if (schema.Schema.Count == 0)
            {
                return NothingYet(paths, all, unfinished.IsWaiting);
            }
        }

        _idle = work.Count == 0 && any is not null && gone is not { Count: > 0 } ? (any.Key, any.Info, schema) : null;
        if (schema.IsInferred && !isKnown)
        {
            _context.Note($"read as {string.Join(", ", schema.Notes)}");
        }

        FilesPlan plan = PlanOf(work, schema, hive, pruning.CoversAll, opener, request, history.Forgotten(all, _context.Time.GetUtcNow()));
        if (request.Follows)
        {
            EndLook(all, unfinished.IsWaiting);
            _same = work.Count > 0 ? null : later => PlanOf([], schema, hive, pruning.CoversAll, opener, later, []);
        }

        return plan;
    }

    private FilesPlan PlanOf(List<FileWork> work, FileSchema schema, HiveColumns hive, bool prunesAll, FileOpener opener, ReadRequest request, IReadOnlyCollection<string> forgotten)
    {
        PlanColumns columns = PlanColumns.Choose(PlanColumns.Offer(schema, hive, _options.FileColumn), hive, _options.FileColumn, request);
        return new FilesPlan(work, schema, columns, hive, prunesAll, _options, opener, request) { Forgotten = forgotten, OnBrokenOff = _watch.LookAgain };
    }

    private NothingYetPlan NothingYet(List<PathPattern> paths, List<FileEntry> all, bool isWaiting = false)
    {
        EndLook(all, isWaiting);
        var plan = new NothingYetPlan(string.Join(", ", paths.Select(p => p.Root is null ? p.Text : Path.GetFullPath(p.Text, _context.BaseDirectory))));
        _same = _ => plan;
        return plan;
    }

    // Files behind links change in other folders, and time alone settles what is arriving or held back.
    private void EndLook(List<FileEntry> all, bool isWaiting) => _watch.EndLook(seesAll: !isWaiting && !_arriving.IsWaiting && !all.Exists(f => f.Info.IsLink));

    private PathPattern Parse(string path) => PathPattern.Parse(path, _context.BaseDirectory, _stores);

    private IEnumerable<string> Streams(string? stream)
    {
        if (stream is null)
        {
            return _options.Path;
        }

        return _options.Path.Contains(stream) ? [stream] : throw FilesErrors.UnknownStream.Error(
            $"There is no stream '{stream}'{NearestName.Suggest(stream, _options.Path)}. Streams: {string.Join(", ", _options.Path)}.");
    }

    private ValueTask<FileSchema> InspectAsync(IReadOnlyList<FileEntry> files, FileOpener opener, CancellationToken cancellation)
        => FileSchema.InspectAsync(files, _options, opener, _context.Parallelism, cancellation);

    private async ValueTask<CheckFinding> CheckFileAsync(FileEntry file, CancellationToken cancellation)
    {
        string subject = $"look into {file.Key}";
        try
        {
            FileSchema schema = await InspectAsync([file], _opener, cancellation).ConfigureAwait(false);
            return CheckFinding.Pass(subject, $"{schema.Schema.Count} columns; {string.Join(", ", schema.Notes)}");
        }
        catch (MillraceException e)
        {
            return CheckFinding.Fail(subject, e);
        }
    }
}
