using System.Runtime.InteropServices;

namespace Millrace.Connectors.MySql;

/// <summary>
/// What a connection sends when the server asks for local data: the rows at hand, and never a file, whatever name the server
/// asks for.
/// </summary>
internal sealed unsafe class LocalData : IDisposable
{
    private const int UnknownError = 2000;

    private readonly MySqlConnection _connection;
    private GCHandle _self;
    private ReadOnlyMemory<byte> _rest;
    private bool _isOffered;

    public LocalData(MySqlConnection connection)
    {
        _connection = connection;
        _self = GCHandle.Alloc(this);
        Native.SetLocalInfileHandler(connection.Handle, &Begin, &Read, &End, &Fail, (void*)GCHandle.ToIntPtr(_self));
    }

    /// <summary>Runs a statement that asks for local data, on the caller's thread.</summary>
    public void Send(MySqlConnection connection, string sql, ReadOnlyMemory<byte> data)
    {
        _rest = data;
        _isOffered = true;
        try
        {
            connection.Send(sql);
            connection.Finish();
        }
        finally
        {
            _isOffered = false;
            _rest = default;
        }
    }

    /// <summary>After the connection is closed.</summary>
    public void Dispose()
    {
        if (_self.IsAllocated)
        {
            _self.Free();
        }
    }

    [UnmanagedCallersOnly]
    private static int Begin(void** state, byte* name, void* self)
    {
        *state = self;
        return Of(self)._isOffered ? 0 : 1;
    }

    [UnmanagedCallersOnly]
    private static int Read(void* self, byte* target, uint capacity)
    {
        LocalData data = Of(self);
        data._connection.Heard();
        int length = Math.Min(data._rest.Length, (int)Math.Min(capacity, int.MaxValue));
        data._rest.Span[..length].CopyTo(new Span<byte>(target, length));
        data._rest = data._rest[length..];
        return length;
    }

    [UnmanagedCallersOnly]
    private static void End(void* self)
    {
    }

    [UnmanagedCallersOnly]
    private static int Fail(void* self, byte* text, uint capacity)
    {
        "The server asked for data that no statement offers.\0"u8[..(int)Math.Min(capacity, 52)].CopyTo(new Span<byte>(text, (int)capacity));
        return UnknownError;
    }

    private static LocalData Of(void* self) => (LocalData)GCHandle.FromIntPtr((nint)self).Target!;
}
