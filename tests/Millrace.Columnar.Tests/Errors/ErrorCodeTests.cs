namespace Millrace.Columnar.Tests.Errors;

public sealed class ErrorCodeTests
{
#if DEBUG
    [Theory]
    [InlineData(ErrorClass.Permanent)]
    [InlineData(ErrorClass.Retryable)]
    public void The_error_of_a_row_has_to_be_of_class_data(ErrorClass other)
    {
        var code = new ErrorCode("MR9001", "x", "", Class: other);

        Exception error = Assert.ThrowsAny<Exception>(() => new RowError(code, "x", new ErrorPlace(), default));

        Assert.Contains("MR9001", error.Message);
    }
#endif

    [Theory]
    [InlineData("MR3003", true)]
    [InlineData("NB0001", true)]
    [InlineData("3003", false)]
    [InlineData("mr3003", false)]
    [InlineData("MR300", false)]
    [InlineData("MR30O3", false)]
    [InlineData("MR30033", false)]
    [InlineData("", false)]
    public void Ids_are_two_letters_and_four_digits(string text, bool isId) => Assert.Equal(isId, ErrorCode.IsId(text));

    [Fact]
    public void The_same_error_at_a_better_place_keeps_what_the_remote_said()
    {
        var code = new ErrorCode("MR9001", "x", "", ErrorDomain.External, ErrorClass.Retryable);
        var error = new MillraceException(code, "x") { RetryAfter = TimeSpan.FromSeconds(7), Remote = "http:api" };

        MillraceException moved = error.At(ErrorPlace.InFile("a.csv", 3));

        Assert.Equal((TimeSpan.FromSeconds(7), "http:api", "a.csv:3"), (moved.RetryAfter, moved.Remote, moved.Place?.ToString()));
    }
}
