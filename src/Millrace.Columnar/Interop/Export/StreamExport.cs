using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Millrace.Columnar.Interop;

/// <summary>A stream whose callbacks ask managed code for batches. No exception crosses into foreign code: it becomes an errno and a message.</summary>
internal sealed unsafe class StreamExport
{
    // EIO, the same on every system that has errno.
    private const int InputOutputError = 5;

    private readonly Schema _schema;
    private readonly Func<RecordBatch?> _next;
    private readonly Action? _release;
    private nint _lastError;

    private StreamExport(Schema schema, Func<RecordBatch?> next, Action? release)
    {
        _schema = schema;
        _next = next;
        _release = release;
    }

    public static void Write(Schema schema, Func<RecordBatch?> next, Action? release, ArrowArrayStream* target)
    {
        var export = new StreamExport(schema, next, release);
        *target = default;
        target->GetSchema = &GetSchema;
        target->GetNext = &GetNext;
        target->GetLastError = &GetLastError;
        target->Release = &Release;
        target->PrivateData = (void*)GCHandle.ToIntPtr(GCHandle.Alloc(export));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int GetSchema(ArrowArrayStream* stream, ArrowSchema* target)
    {
        StreamExport self = Of(stream);
        return self.Try(() => SchemaExport.Write(self._schema, target));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int GetNext(ArrowArrayStream* stream, ArrowArray* target)
    {
        StreamExport self = Of(stream);
        return self.Try(() =>
        {
            using RecordBatch? batch = self._next();
            if (batch is null)
            {
                *target = default;
            }
            else
            {
                ArrayExport.Write(batch, target);
            }
        });
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte* GetLastError(ArrowArrayStream* stream) => (byte*)Of(stream)._lastError;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Release(ArrowArrayStream* stream)
    {
        StreamExport self = Of(stream);
        self.Try(() => self._release?.Invoke());
        Marshal.FreeCoTaskMem(self._lastError);
        GCHandle.FromIntPtr((nint)stream->PrivateData).Free();
        stream->Release = null;
    }

    private static StreamExport Of(ArrowArrayStream* stream) => (StreamExport)GCHandle.FromIntPtr((nint)stream->PrivateData).Target!;

    private int Try(Action action)
    {
        Marshal.FreeCoTaskMem(_lastError);
        _lastError = 0;
        try
        {
            action();
            return 0;
        }
        catch (Exception error)
        {
            _lastError = Marshal.StringToCoTaskMemUTF8(error is MillraceException known ? known.Describe() : error.Message);
            return InputOutputError;
        }
    }
}
