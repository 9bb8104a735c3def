using System.Runtime.InteropServices;

namespace Millrace.Connectors.MySql;

/// <summary>A <c>MYSQL*</c>; closing it ends the session on the server.</summary>
internal sealed class ConnectionHandle : SafeHandle
{
    public ConnectionHandle()
        : base(0, ownsHandle: true)
    {
        ClientLibrary.Demand();
        handle = Native.Init(0);
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        Native.Close(handle);
        return true;
    }
}
