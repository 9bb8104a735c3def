using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>The windows that still take rows, and the slices that they are made of. One thread uses it.</summary>
/// <param name="plan">What is done.</param>
/// <param name="faults">Takes groups without a result.</param>
/// <param name="emit">Takes rows of the result over.</param>
internal sealed class OpenWindows(WindowPlan plan, LaneFaults faults, Action<RecordBatch> emit) : IDisposable
{
    private readonly SortedDictionary<WindowId, WindowSlice> _slices = [];

    // Windows over panes that are not closed yet.
    private readonly SortedSet<WindowId> _overPanes = [];
    private readonly HashSet<WindowId> _touched = [];
    private readonly GrowingArray<int> _groups = new();
    private readonly List<(StateChange Change, RecordBatch Rows)> _retired = [];
    private (WindowId Id, WindowSlice? Slice) _last;
    private bool _isRestored;

    public StateSize Size => _slices.Values.Aggregate(default(StateSize), (sum, s) => sum + s.Size);

    /// <summary>After state was taken in: finds out what of it was given.</summary>
    public void Begin(long closed)
    {
        if (!_isRestored)
        {
            return;
        }

        _isRestored = false;
        foreach ((WindowId id, WindowSlice slice) in _slices)
        {
            if (plan.Layout.HasPanes)
            {
                _overPanes.UnionWith(plan.Layout.WindowsOf(id).Where(w => plan.EndsAt(w) > closed));
            }
            else if (plan.Emission == WindowEmission.Always || (plan.Emission == WindowEmission.WhenClosed && plan.Layout.ClosesAt(id) <= closed))
            {
                slice.TakeAsGiven();
            }
        }
    }

    /// <summary>The slice for rows; null if all of its windows are closed.</summary>
    /// <param name="id">Which.</param>
    /// <param name="closed">The watermark before the rows.</param>
    /// <param name="missed">How many of its windows are closed.</param>
    public WindowSlice? Open(WindowId id, long closed, out int missed)
    {
        missed = 0;
        if (_last.Slice is not null && _last.Id == id && !plan.Layout.HasPanes)
        {
            _touched.Add(id);
            return _last.Slice;
        }

        if (plan.Layout.HasPanes)
        {
            IReadOnlyList<WindowId> windows = plan.Layout.WindowsOf(id);
            missed = windows.Count(w => plan.EndsAt(w) <= closed);
            if (missed == windows.Count)
            {
                return null;
            }

            _overPanes.UnionWith(windows.Skip(missed));
        }
        else if (plan.EndsAt(id) <= closed)
        {
            missed = 1;
            return null;
        }

        if (!_slices.TryGetValue(id, out WindowSlice? slice))
        {
            slice = Create(id);
            _slices.Add(id, slice);
        }

        _touched.Add(id);
        _last = (id, slice);
        return slice;
    }

    /// <summary>Gives the changes since the last call of windows whose results are wanted before they end.</summary>
    public void EmitChanges(long watermark)
    {
        if (plan.Emission == WindowEmission.Always)
        {
            foreach (WindowId id in _touched.Order())
            {
                Emit(_slices[id]);
            }

            _touched.Clear();
            return;
        }

        foreach ((WindowId id, WindowSlice slice) in _slices)
        {
            if (plan.Layout.ClosesAt(id) > watermark)
            {
                break;
            }

            Emit(slice);
        }
    }

    /// <summary>Gives what is to be given at a watermark, and forgets the windows that it ends.</summary>
    public void Advance(long watermark)
    {
        if (plan.Layout.HasPanes)
        {
            AdvancePanes(watermark);
            return;
        }

        if (plan.Emission != WindowEmission.Once)
        {
            EmitChanges(watermark);
        }

        while (_slices.Count > 0)
        {
            (WindowId id, WindowSlice slice) = _slices.First();
            if (plan.EndsAt(id) > watermark)
            {
                break;
            }

            if (plan.Emission == WindowEmission.Once)
            {
                slice.EmitAll(emit);
            }

            Forget(id, slice);
        }

        if (plan.Emission == WindowEmission.Once)
        {
            _touched.Clear();
        }
    }

    public void Export(IStateWriter writer, bool full)
    {
        foreach ((StateChange change, RecordBatch rows) in _retired)
        {
            if (!full)
            {
                writer.Write(WindowAggregateStage.StateName, change, rows);
            }

            rows.Dispose();
        }

        _retired.Clear();
        foreach (WindowSlice slice in _slices.Values)
        {
            slice.Export(writer, full);
        }
    }

    public void Import(StateChange change, RecordBatch rows)
    {
        _isRestored = true;
        var ids = (FixedColumn<long>)rows[0];
        foreach (IGrouping<WindowId, int> group in Enumerable.Range(0, rows.Length).GroupBy(row => ids.IsNull(row) ? WindowId.Null : WindowId.Of(ids.Values[row])))
        {
            if (change == StateChange.Remove && !plan.TakesChanges)
            {
                // Groups go with their window only.
                if (_slices.Remove(group.Key, out WindowSlice? gone))
                {
                    gone.Dispose();
                }

                continue;
            }

            if (!_slices.TryGetValue(group.Key, out WindowSlice? slice))
            {
                slice = Create(group.Key);
                _slices.Add(group.Key, slice);
            }

            using RecordBatch part = Take.Rows(rows, [.. group]);
            slice.Import(change, part);
        }
    }

    /// <summary>Hands the states of all slices over and forgets these.</summary>
    public void Flush(IStateWriter writer)
    {
        foreach (WindowSlice slice in _slices.Values)
        {
            slice.Export(writer, full: true);
        }

        Clear();
    }

    public void Dispose()
    {
        Clear();
        _groups.Dispose();
        _retired.ForEach(r => r.Rows.Dispose());
        _retired.Clear();
    }

    private WindowSlice Create(WindowId id) => plan.KeepsRows ? new RowSlice(plan, id, faults, _groups) : new GroupSlice(plan, id, faults, _groups);

    private void Clear()
    {
        foreach (WindowSlice slice in _slices.Values)
        {
            slice.Dispose();
        }

        _slices.Clear();
        _overPanes.Clear();
        _touched.Clear();
        _last = default;
    }

    private void Emit(WindowSlice slice)
    {
        if (slice.HasChanges)
        {
            slice.EmitChanges(emit);
        }
    }

    private void AdvancePanes(long watermark)
    {
        while (_overPanes.Count > 0 && plan.EndsAt(_overPanes.Min) <= watermark)
        {
            WindowId window = _overPanes.Min;
            EmitOverPanes(window);
            _overPanes.Remove(window);
        }

        foreach ((WindowId id, WindowSlice slice) in _slices.ToArray())
        {
            if (plan.Layout.WindowsOf(id).Any(w => plan.EndsAt(w) > watermark))
            {
                break;
            }

            Forget(id, slice);
        }
    }

    private void EmitOverPanes(WindowId window)
    {
        WindowId start = plan.Layout.BoundOf(window, end: false);
        using var all = new GroupSlice(plan, window, faults, _groups);
        foreach ((WindowId id, WindowSlice slice) in _slices)
        {
            if (id.CompareTo(window) >= 0)
            {
                break;
            }

            if (id.CompareTo(start) >= 0)
            {
                all.Add((GroupSlice)slice);
            }
        }

        all.EmitAll(emit);
    }

    private void Forget(WindowId id, WindowSlice slice)
    {
        if (slice.Retire() is { } retired)
        {
            _retired.Add(retired);
        }

        if (_last.Id == id)
        {
            _last = default;
        }

        _touched.Remove(id);
        _slices.Remove(id);
        slice.Dispose();
    }
}
