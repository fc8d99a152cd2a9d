using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Chat.Server.Log.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class Rooms : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "Events",
                columns: table => new
                {
                    RoomId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Seq = table.Column<long>(type: "bigint", nullable: false),
                    Type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    SenderId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    SenderName = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    ClientId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Body = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ReplyTo = table.Column<long>(type: "bigint", nullable: true),
                    Target = table.Column<long>(type: "bigint", nullable: true),
                    ById = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ByName = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Change = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Events", x => new { x.RoomId, x.Seq });
                });

            migrationBuilder.CreateTable(
                name: "Members",
                columns: table => new
                {
                    RoomId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    UserId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    UserName = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Owner = table.Column<bool>(type: "boolean", nullable: false),
                    JoinSeq = table.Column<long>(type: "bigint", nullable: false),
                    LeftSeq = table.Column<long>(type: "bigint", nullable: true),
                    ReadUpTo = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Members", x => new { x.RoomId, x.UserId });
                });

            migrationBuilder.CreateTable(
                name: "Probe",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    At = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Probe", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Rooms",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Kind = table.Column<int>(type: "integer", nullable: false),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    NameKey = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Topic = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Head = table.Column<long>(type: "bigint", nullable: false),
                    DirectKey = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Rooms", x => x.Id);
                });

            migrationBuilder.InsertData(
                table: "Probe",
                columns: new[] { "Id", "At" },
                values: new object[] { 1, 0L });

            migrationBuilder.CreateIndex(
                name: "IX_Events_RoomId_ClientId_SenderId",
                table: "Events",
                columns: new[] { "RoomId", "ClientId", "SenderId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Events_RoomId_Target",
                table: "Events",
                columns: new[] { "RoomId", "Target" },
                filter: "\"Target\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Members_UserId",
                table: "Members",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_Rooms_DirectKey",
                table: "Rooms",
                column: "DirectKey",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Rooms_Kind_NameKey",
                table: "Rooms",
                columns: new[] { "Kind", "NameKey" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Events");

            migrationBuilder.DropTable(
                name: "Members");

            migrationBuilder.DropTable(
                name: "Probe");

            migrationBuilder.DropTable(
                name: "Rooms");
        }
    }
}
