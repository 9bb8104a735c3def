namespace Millrace.Connectors.Iceberg;

/// <summary>Which files of deletes apply to which data files (specification, "Scan Planning").</summary>
internal sealed class DeleteIndex
{
    private readonly Dictionary<(int Spec, PartitionTuple Partition), List<ManifestEntry>> _byPartition = [];
    private readonly List<ManifestEntry> _everywhere = [];
    private readonly Dictionary<string, ManifestEntry> _vectors = new(StringComparer.Ordinal);

    public void Add(ManifestEntry entry, PartitionSpec spec)
    {
        if (entry.File.IsVector)
        {
            string data = entry.File.ReferencedFile ?? throw IcebergErrors.Manifest(entry.File.Path, "has a deletion vector that names no data file");
            if (!_vectors.TryAdd(data, entry))
            {
                throw IcebergErrors.Manifest(entry.File.Path, $"has a second deletion vector for '{data}'");
            }

            return;
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
        // Where there is a vector, it holds what older files of deletes say.
        DataFile? vector = _vectors.TryGetValue(data.File.Path, out ManifestEntry? own) && own.SequenceNumber >= data.SequenceNumber ? own.File : null;
        List<DataFile>? positions = null;
        List<DataFile>? equalities = null;
        IEnumerable<ManifestEntry> candidates = _byPartition.TryGetValue((data.File.SpecId, data.File.Partition), out List<ManifestEntry>? near) ? near.Concat(_everywhere) : _everywhere;
        foreach (ManifestEntry entry in candidates)
        {
            // A commit may delete rows that it adds itself by position, but not by value.
            if (entry.File.Content == FileContent.PositionDeletes)
            {
                if (vector is null && entry.SequenceNumber >= data.SequenceNumber && (entry.File.ReferencedFile is not { } only || only == data.File.Path))
                {
                    (positions ??= []).Add(entry.File);
                }
            }
            else if (entry.SequenceNumber > data.SequenceNumber)
            {
                (equalities ??= []).Add(entry.File);
            }
        }

        return new ScanTask(data.File, positions ?? [], equalities ?? []) { Vector = vector, SequenceNumber = data.SequenceNumber ?? 0 };
    }
}
