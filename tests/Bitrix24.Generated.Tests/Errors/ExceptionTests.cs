namespace Bitrix24.Tests;

/// <summary>Tests exceptions that are created by tests of applications.</summary>
public sealed class ExceptionTests
{
    public static TheoryData<Type> Types =>
        new(typeof(Bitrix24Exception).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Bitrix24Exception))));

    [Theory]
    [MemberData(nameof(Types))]
    public void Exceptions_have_the_standard_constructors(Type type)
    {
        var cause = new InvalidOperationException();

        var plain = (Bitrix24Exception)Activator.CreateInstance(type)!;
        var withMessage = (Bitrix24Exception)Activator.CreateInstance(type, "what")!;
        var withCause = (Bitrix24Exception)Activator.CreateInstance(type, "what", cause)!;

        Assert.Equal(("what", "what", cause), (withMessage.Message, withCause.Message, withCause.InnerException));
        Assert.Equal(
            (string.Empty, null, Bitrix24ErrorCode.Unknown, CallExecution.Unknown, 1),
            (plain.Method, plain.StatusCode, plain.ErrorCode, plain.Execution, plain.Attempts)
        );
    }

    [Fact]
    public void Exceptions_can_be_created_with_details_in_tests()
    {
        var exception = new Bitrix24RateLimitException("wait")
        {
            Method = "crm.calllist.add",
            Execution = CallExecution.NotExecuted,
            ErrorCode = Bitrix24ErrorCode.QueryLimitExceeded,
            RetryAfter = TimeSpan.FromSeconds(1),
        };

        Assert.Equal((CallExecution.NotExecuted, TimeSpan.FromSeconds(1)), (exception.Execution, exception.RetryAfter));
    }
}
