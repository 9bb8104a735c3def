using System.IO.MemoryMappedFiles;

namespace Millrace.Fuzz;

/// <summary>
/// What a worker is doing, in a mapped file: the supervisor reads it while the worker runs, and also after the worker's
/// process ended in the middle of an input.
/// </summary>
internal sealed class SharedState : IDisposable
{
    private const int InputsAt = 0;
    private const int RejectedAt = 8;
    private const int CrashesAt = 16;
    private const int StartedAt = 24;
    private const int LengthAt = 32;
    private const int BytesAt = 40;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public SharedState(string path)
    {
        const int size = BytesAt + Mutator.MaxLength;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, size);
        _view = _file.CreateViewAccessor(0, size);
    }

    public long Inputs => _view.ReadInt64(InputsAt);

    /// <summary>Inputs that were called wrong.</summary>
    public long Rejected => _view.ReadInt64(RejectedAt);

    /// <summary>Crashes that the worker survived and reported itself.</summary>
    public long Crashes => _view.ReadInt64(CrashesAt);

    /// <summary>When the current input was begun, in ticks of <see cref="Environment.TickCount64"/>; 0 between inputs.</summary>
    public long Started => _view.ReadInt64(StartedAt);

    /// <summary>Forgets the input of a worker that is no more.</summary>
    public void Reset() => _view.Write(StartedAt, 0L);

    public byte[] CurrentInput()
    {
        byte[] input = new byte[_view.ReadInt32(LengthAt)];
        _view.ReadArray(BytesAt, input, 0, input.Length);
        return input;
    }

    public void Begin(byte[] input)
    {
        _view.Write(LengthAt, input.Length);
        _view.WriteArray(BytesAt, input, 0, input.Length);
        _view.Write(StartedAt, Environment.TickCount64);
    }

    public void End(bool rejected, bool crashed)
    {
        _view.Write(StartedAt, 0L);
        _view.Write(InputsAt, Inputs + 1);
        _view.Write(RejectedAt, Rejected + (rejected ? 1 : 0));
        _view.Write(CrashesAt, Crashes + (crashed ? 1 : 0));
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
