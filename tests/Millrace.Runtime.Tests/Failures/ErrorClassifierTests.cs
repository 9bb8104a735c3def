using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Millrace.Storage;

namespace Millrace.Runtime.Tests.Failures;

public sealed class ErrorClassifierTests
{
    public static TheoryData<Exception> Passing() =>
    [
        new TimeoutException(),
        new TaskCanceledException("gave up", new TimeoutException()),
        new SocketException((int)SocketError.ConnectionReset),
        new SocketException((int)SocketError.ConnectionRefused),
        new SocketException((int)SocketError.TryAgain),
        new IOException("read failed", new SocketException((int)SocketError.TimedOut)),
        new HttpRequestException("busy", null, HttpStatusCode.TooManyRequests),
        new HttpRequestException("down", null, HttpStatusCode.ServiceUnavailable),
        new HttpRequestException(HttpRequestError.ConnectionError),
        new HttpRequestException(HttpRequestError.NameResolutionError, "dns", new SocketException((int)SocketError.TryAgain)),
        new HttpRequestException(HttpRequestError.SecureConnectionError, "tls", new IOException("x", new SocketException((int)SocketError.ConnectionReset))),
        new HttpIOException(HttpRequestError.ResponseEnded),
        new IOException("error of the disk", 5),
        new AggregateException(new TimeoutException(), new SocketException((int)SocketError.ConnectionReset)),
        RuntimeErrors.Unexpected.Error("x", inner: new TimeoutException()),
        StorageErrors.Io.Error("x"),
    ];

    public static TheoryData<Exception> Lasting() =>
    [
        new InvalidOperationException(),
        new OperationCanceledException(),
        new UnauthorizedAccessException(),
        new FileNotFoundException(),
        new EndOfStreamException(),
        new IOException("no space left", 28),
        new IOException("read-only", 30),
        new SocketException((int)SocketError.HostNotFound),
        new SocketException((int)SocketError.AccessDenied),
        new HttpRequestException("no", null, HttpStatusCode.NotFound),
        new HttpRequestException("no", null, HttpStatusCode.Unauthorized),
        new HttpRequestException("no", null, HttpStatusCode.NotImplemented),
        new HttpRequestException(HttpRequestError.SecureConnectionError, "tls", new AuthenticationException()),
        new HttpRequestException(HttpRequestError.NameResolutionError, "dns", new SocketException((int)SocketError.HostNotFound)),
        new AggregateException(new TimeoutException(), new InvalidOperationException()),
        new AggregateException(),
        RuntimeErrors.Unexpected.Error("x"),
        StorageErrors.DiskFull.Error("x"),
    ];

    [Theory]
    [MemberData(nameof(Passing))]
    public void What_can_pass_is_retryable(Exception error) => Assert.Equal(ErrorClass.Retryable, ErrorClassifier.Classify(error));

    [Theory]
    [MemberData(nameof(Lasting))]
    public void What_does_not_pass_by_itself_is_permanent(Exception error) => Assert.Equal(ErrorClass.Permanent, ErrorClassifier.Classify(error));

    [Fact]
    public void The_fault_of_one_row_is_data()
        => Assert.Equal(ErrorClass.Data, ErrorClassifier.Classify(RuntimeErrors.RequiredValueMissing.Error("x")));

    [Fact]
    public void A_chain_without_end_is_judged_all_the_same()
    {
        Exception error = new TimeoutException();
        for (int i = 0; i < 100_000; i++)
        {
            error = new IOException("wrapped", error);
        }

        Assert.Equal(ErrorClass.Permanent, ErrorClassifier.Classify(error));
    }

    [Fact]
    public void An_explained_exception_keeps_its_class_and_its_cause()
    {
        var reset = new SocketException((int)SocketError.ConnectionReset);
        var own = new InvalidOperationException();
        MillraceException known = StorageErrors.DiskFull.Error("x");

        Assert.Equal((ErrorClass.Retryable, reset), (ErrorClassifier.Explain(reset).Code.Class, ErrorClassifier.Explain(reset).InnerException));
        Assert.Equal((RuntimeErrors.Unexpected, own), (ErrorClassifier.Explain(own).Code, ErrorClassifier.Explain(own).InnerException));
        Assert.Same(known, ErrorClassifier.Explain(known));
    }
}
