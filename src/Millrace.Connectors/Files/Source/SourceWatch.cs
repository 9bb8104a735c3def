namespace Millrace.Connectors.Files;

/// <summary>
/// When a source that is followed has to look at its files again: as soon as the system tells of a change, and else not before a
/// minute has passed where the system tells of all changes. Looking costs time for every file there is.
/// </summary>
internal sealed class SourceWatch(FilesSourceOptions options, TimeProvider time) : IDisposable
{
    // What the system does not tell of is seen so late: writes through a mapping, through another link, on a disk mounted below.
    private static readonly TimeSpan SafetyInterval = TimeSpan.FromMinutes(1);

    // A new folder is watched only some time after it was made, and what was put into it before is seen by a second look.
    private static readonly TimeSpan CalmTime = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(20);

    // Looking takes at most this part of the time, whatever the number of changes.
    private const int LookShare = 10;

    private readonly Dictionary<(string Folder, bool Recursive), FolderWatch?> _folders = [];
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = NewSignal();
    private long _lastChange = time.GetTimestamp();
    private long _lookBegan;
    private TimeSpan _lookTook;
    private bool _hasWaited;
    private bool _isBlind = true;
    private bool _isRemote;
    private volatile bool _looksAgain;

    /// <summary>A look begins: what changes from now on is for the next one.</summary>
    public void BeginLook(IEnumerable<PathPattern> paths)
    {
        _lookBegan = time.GetTimestamp();
        _hasWaited = false;
        _looksAgain = false;
        lock (_lock)
        {
            if (_changed.Task.IsCompleted)
            {
                _changed = NewSignal();
            }
        }

        Watch(paths);
    }

    /// <summary>The look has ended.</summary>
    /// <param name="seesAll">Whether changes of all that was found show in the folders that are watched.</param>
    public void EndLook(bool seesAll)
    {
        _lookTook = time.GetElapsedTime(_lookBegan);
        _isBlind = !seesAll || _isRemote || _folders.Count == 0 || _folders.Values.Any(f => f is not { HearsAll: true });
    }

    /// <summary>What was found has to be looked at again, when the time comes. Any thread may call.</summary>
    public void LookAgain() => _looksAgain = true;

    /// <summary>Waits for a change, and for as long as looking at everything again is worth.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        _hasWaited = true;
        Task changed;
        lock (_lock)
        {
            changed = _changed.Task;
        }

        await changed.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        TimeSpan pause = _lookTook * LookShare;
        await Task.Delay(pause > ShortestPause ? pause : ShortestPause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Whether a wait has passed in which nothing can have changed since the last look.</summary>
    public bool IsQuiet()
    {
        lock (_lock)
        {
            return _hasWaited && !_isBlind && !_looksAgain && !_changed.Task.IsCompleted
                && time.GetElapsedTime(_lastChange, _lookBegan) >= CalmTime
                && time.GetElapsedTime(_lookBegan) < SafetyInterval
                && _folders.Values.All(f => f!.IsAlive);
        }
    }

    public void Dispose()
    {
        foreach (FolderWatch? folder in _folders.Values)
        {
            folder?.Dispose();
        }

        _folders.Clear();
    }

    // Folders come and go, and with them what a path stands for.
    private void Watch(IEnumerable<PathPattern> paths)
    {
        var wanted = new Dictionary<(string Folder, bool Recursive), List<PathPattern>>();
        _isRemote = false;
        foreach (PathPattern path in paths)
        {
            if (path.Root is not { } root)
            {
                // Clouds are asked; they tell nothing by themselves.
                _isRemote = true;
                continue;
            }

            (string, bool) key = (root, path.IsFolder ? options.Recursive : path.HasFolders);
            (wanted.TryGetValue(key, out List<PathPattern>? same) ? same : wanted[key] = []).Add(path);
        }

        foreach ((string Folder, bool Recursive) key in _folders.Keys.Where(k => !wanted.ContainsKey(k) || _folders[k] is not { IsAlive: true }).ToList())
        {
            _folders[key]?.Dispose();
            _folders.Remove(key);
        }

        foreach (((string Folder, bool Recursive) key, List<PathPattern> of) in wanted)
        {
            if (!_folders.ContainsKey(key))
            {
                _folders[key] = FolderWatch.TryStart(key.Folder, key.Recursive, name =>
                {
                    if (name is null || of.Exists(p => Concerns(p, name)))
                    {
                        OnChange();
                    }
                });
            }
        }
    }

    // A name may be that of a folder, too.
    private bool Concerns(PathPattern path, string name)
    {
        string below = name.Replace('\\', '/');
        if (path.File is { } file)
        {
            return below == file;
        }

        bool isHidden = options.IgnoreHidden && (below.StartsWith('.') || below.Contains("/.", StringComparison.Ordinal));
        return !isHidden && (path.IsMatch(below) || path.MayContain(below + "/"));
    }

    private void OnChange()
    {
        lock (_lock)
        {
            _lastChange = time.GetTimestamp();
            _changed.TrySetResult();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
