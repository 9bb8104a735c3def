namespace Millrace.Storage;

/// <summary>An object that is being written. Disposing it without <see cref="PublishAsync"/> throws it away.</summary>
public interface IStagedObject : IAsyncDisposable
{
    /// <summary>The name it will have.</summary>
    string Name { get; }

    /// <summary>Bytes written so far.</summary>
    long Position { get; }

    /// <summary>Appends bytes, which the caller may reuse afterwards.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>Makes the object durable and visible under its name, in one step.</summary>
    ValueTask<ObjectInfo> PublishAsync(PutCondition condition, CancellationToken cancellation);
}
