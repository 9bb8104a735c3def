using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>What the commits of a run made visible. It lives as long as the run, through all its attempts.</summary>
internal sealed class EpochTotals
{
    // A run that goes on for months names some of its files, not all.
    private const int MaxObjects = 10_000;

    private readonly List<string> _objects = [];

    public long Rows { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Epochs that were committed.</summary>
    public int Epochs { get; private set; }

    /// <summary>Number of the last one; null when there is none.</summary>
    public long? LastEpoch { get; private set; }

    /// <summary>Files, tables or topics that were written, as far as they are kept.</summary>
    public IReadOnlyList<string> Objects => _objects;

    /// <summary>Folder of dead letters; null while the run has none.</summary>
    public string? DeadLetterFolder { get; set; }

    /// <summary>Dead letters that were removed because of the job's limits.</summary>
    public long RemovedLetters { get; set; }

    public void Add(long epoch, CommitSummary commit)
    {
        Rows += commit.Rows;
        Bytes += commit.Bytes;
        Epochs++;
        LastEpoch = epoch;
        foreach (string name in commit.Objects)
        {
            if (_objects.Count == MaxObjects)
            {
                break;
            }

            if (_objects.Count == 0 || _objects[^1] != name)
            {
                _objects.Add(name);
            }
        }
    }
}
