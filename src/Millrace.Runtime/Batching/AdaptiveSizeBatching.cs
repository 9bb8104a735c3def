using Millrace.Columnar;

namespace Millrace.Runtime;

/// <summary>
/// Closes an epoch at a number of rows that follows the measured latency: it grows while full epochs are well within the
/// target, at most to the double, and shrinks in proportion when one takes longer.
/// </summary>
internal sealed class AdaptiveSizeBatching : Batching
{
    public const int DefaultMin = 10;
    public const int DefaultMax = 1000;
    public const int LargestSize = 10_000_000;
    public static readonly TimeSpan DefaultTarget = TimeSpan.FromMilliseconds(100);

    // Between this share of the target and the target itself the size is left alone, so that it does not swing.
    private const double Ease = 0.7;

    // The share of the target that growth aims at.
    private const double Aim = 0.9;

    // How finely the largest epoch can be cut. Up to a hundredfold the smallest it is cut as small as the smallest.
    private const int Parts = 100;

    private readonly int _min;
    private readonly int _max;
    private readonly TimeSpan _target;
    private readonly TimeSpan? _maxWait;

    public AdaptiveSizeBatching(int min, int max, TimeSpan target, TimeSpan? maxWait)
    {
        _min = min;
        _max = max;
        _target = target;
        _maxWait = maxWait;
        Size = min;
    }

    /// <summary>Rows at which the epoch is closed now.</summary>
    public int Size { get; private set; }

    public override int BatchRows => Math.Min(Math.Max(_min, _max / Parts), RecordBatch.DefaultRows);

    public override TimeSpan? Window => _maxWait;

    public override bool HasRoom(in EpochSize size, long more) => size.Rows == 0 || size.Rows + more <= Size;

    public override bool IsFull(in EpochSize size) => size.Rows >= Size || size.Age >= _maxWait;

    public override void Committed(in EpochSize size, TimeSpan latency)
    {
        if (latency > _target)
        {
            double share = _target / latency;
            Size = (int)Math.Clamp(Math.Min(Size, size.Rows) * Math.Max(share, 0.1), _min, _max);
        }
        else if (latency < _target * Ease && size.Rows * 2 > Size)
        {
            Size = (int)Math.Min(Math.Ceiling(Size * Math.Min(_target / latency * Aim, 2)), _max);
        }
    }
}
