namespace Millrace.Connectors.Iceberg;

/// <summary>Which files of deletes apply to which data files (specification, "Scan Planning").</summary>
internal sealed class DeleteIndex
{
    private readonly Dictionary<(int Spec, PartitionTuple Partition), List<ManifestEntry>> _byPartition = [];
    private readonly List<ManifestEntry> _everywhere = [];

    public void Add(ManifestEntry entry, PartitionSpec spec)
    {
        if (entry.File.ContentOffset is not null || entry.File.Format == "PUFFIN")
        {
            throw IcebergErrors.Unsupported($"The table has a deletion vector, '{entry.File.Path}', which is not supported");
        }

        if (entry.File.Content == FileContent.EqualityDeletes && !spec.IsPartitioned)
        {
            _everywhere.Add(entry);
            return;
        }

        var key = (entry.File.SpecId, entry.File.Partition);
        if (!_byPartition.TryGetValue(key, out List<ManifestEntry>? entries))
        {
            _byPartition.Add(key, entries = []);
        }

        entries.Add(entry);
    }

    public ScanTask TaskOf(ManifestEntry data)
    {
        List<DataFile>? positions = null;
        List<DataFile>? equalities = null;
        IEnumerable<ManifestEntry> candidates = _byPartition.TryGetValue((data.File.SpecId, data.File.Partition), out List<ManifestEntry>? own) ? own.Concat(_everywhere) : _everywhere;
        foreach (ManifestEntry entry in candidates)
        {
            // A commit may delete rows that it adds itself by position, but not by value.
            if (entry.File.Content == FileContent.PositionDeletes)
            {
                if (entry.SequenceNumber >= data.SequenceNumber && (entry.File.ReferencedFile is not { } only || only == data.File.Path))
                {
                    (positions ??= []).Add(entry.File);
                }
            }
            else if (entry.SequenceNumber > data.SequenceNumber)
            {
                (equalities ??= []).Add(entry.File);
            }
        }

        return new ScanTask(data.File, positions ?? [], equalities ?? []);
    }
}
