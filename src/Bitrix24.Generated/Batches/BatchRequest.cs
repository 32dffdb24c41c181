using Bitrix24.Operations;
using Bitrix24.Validation;

namespace Bitrix24;

/// <content>What a schema cannot say of commands.</content>
public partial class BatchRequest : IBatchRequest
{
    IReadOnlyDictionary<string, string> IBatchRequest.Methods() => Commands.ToDictionary(command => command.Key, command => BatchCommand.MethodOf(command.Value), StringComparer.Ordinal);

    partial void ValidateCustom()
    {
        foreach (var command in Commands)
        {
            if (command.Key.All(character => character is >= '0' and <= '9'))
            {
                throw RequestValidation.InvalidArgument($"{nameof(Commands)} has the key \"{command.Key}\"; portals lose the order of such keys. Take one with a letter in it, such as c{command.Key}.");
            }

            if (string.IsNullOrWhiteSpace(command.Value))
            {
                throw RequestValidation.InvalidArgument($"{nameof(Commands)}[{command.Key}] is empty.");
            }

            if (!MethodName.IsValid(command.Value.Split('?')[0]))
            {
                throw RequestValidation.InvalidArgument(
                    $"{nameof(Commands)}[{command.Key}] calls what is no name of a method; one looks like user.current. "
                    + "Parameters follow after a question mark.");
            }

            if (MethodName.IsBatch(command.Value.Split('?')[0]))
            {
                throw RequestValidation.InvalidArgument($"{nameof(Commands)}[{command.Key}] is a batch; a batch cannot hold one.");
            }

            if (command.Value.AsSpan().IndexOf('#') >= 0)
            {
                throw RequestValidation.InvalidArgument(
                    $"{nameof(Commands)}[{command.Key}] has a # in it, and portals ignore what follows it. Write %23.");
            }

            if (BatchCommand.CountParameters(command.Value) is var count && count > BatchCommand.MaxParameters)
            {
                throw RequestValidation.InvalidArgument(FormattableString.Invariant($"{nameof(Commands)}[{command.Key}] has {count} parameters; portals read {BatchCommand.MaxParameters} from a command and pass over the rest. Call its method outside of a batch."));
            }
        }
    }
}
